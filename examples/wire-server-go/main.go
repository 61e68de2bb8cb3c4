// A store of bytes in memory that speaks docs/wire.md: the standard library, and nothing of ours.
//
//	go run . 127.0.0.1:8080 &
//	store-conform http://127.0.0.1:8080/
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
)

// server holds the values by the path of their ref, spelled in the one way of the wire. One lock makes each verb one step.
type server struct {
	sync.Mutex
	cells map[string][]byte
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, err := spelled(r.URL.EscapedPath()) // as it was sent: an encoded slash is part of a name
	body, cut := io.ReadAll(r.Body) // never nil, which means a delete below
	switch {
	case cut != nil: // half a value is never put
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case r.URL.RawQuery != "":
		s.list(w, r, path)
	case r.Method == "GET" || r.Method == "HEAD":
		s.read(w, r, path)
	case r.Method == "PUT" || r.Method == "PATCH":
		w.WriteHeader(s.write(r, path, body))
	case r.Method == "DELETE":
		w.WriteHeader(s.write(r, path, nil))
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (s *server) read(w http.ResponseWriter, r *http.Request, path string) {
	s.Lock()
	value, found := s.cells[path]
	s.Unlock() // a value is never changed, only replaced, so it can be sent without the lock
	if !found {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(len(value)))
	w.Header().Set("ETag", tag(value))
	w.Write(value) // of HEAD, net/http sends no body
}

// write puts the value, or deletes where there is none, if the condition allows it; the status is the answer.
func (s *server) write(r *http.Request, path string, value []byte) int {
	s.Lock()
	defer s.Unlock()
	now, found := s.cells[path]
	match, none := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	switch {
	case len(match)+len(none) > 1, len(match)+len(none) > 0 && r.Method == "PATCH", len(none) > 0 && none[0] != "*":
		return http.StatusBadRequest
	case len(none) > 0 && found, len(match) > 0 && (!found || match[0] != tag(now)):
		return http.StatusPreconditionFailed
	case value == nil:
		delete(s.cells, path)
	default:
		s.cells[path] = value
	}
	return http.StatusNoContent
}

// list answers the refs below a base: all of them, or the names of the first level.
func (s *server) list(w http.ResponseWriter, r *http.Request, base string) {
	if r.Method != "GET" || r.URL.RawQuery != "refs=1" && r.URL.RawQuery != "refs=all" {
		http.Error(w, "a query is GET with ?refs=1 or ?refs=all", http.StatusBadRequest)
		return
	}
	lines := map[string]bool{}
	below := strings.TrimSuffix(base, "/") + "/"
	s.Lock()
	for path := range s.cells {
		rest, inside := strings.CutPrefix(path, below)
		if r.URL.RawQuery == "refs=all" && (inside || path == base) {
			lines[path] = true
		} else if name, _, _ := strings.Cut(rest, "/"); inside && name != "" {
			lines[below+name] = true
		}
	}
	s.Unlock()
	w.Header().Set("Content-Type", "text/x-refs")
	for path := range lines {
		io.WriteString(w, path+"\n")
	}
}

// spelled is the path of a ref as the wire spells it: names split first, decoded, and encoded in one way.
func spelled(path string) (string, error) {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return "/", nil
	}
	var spelled strings.Builder
	for _, name := range strings.Split(path[1:], "/") {
		decoded, err := url.PathUnescape(name)
		if err != nil || decoded == "" || decoded == "." || decoded == ".." || strings.ContainsAny(decoded, "/\x00") || !utf8.ValidString(decoded) {
			return "", errors.New("this path is no ref")
		}
		spelled.WriteByte('/')
		for _, char := range []byte(decoded) {
			if strings.IndexByte(unreserved, char) >= 0 {
				spelled.WriteByte(char)
			} else {
				fmt.Fprintf(&spelled, "%%%02X", char)
			}
		}
	}
	return spelled.String(), nil
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

func tag(value []byte) string {
	return fmt.Sprintf(`"sha256-%x"`, sha256.Sum256(value))
}

func main() {
	address := "127.0.0.1:8080"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, &server{cells: map[string][]byte{}}))
}
