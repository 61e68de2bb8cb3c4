"""HighwayHash-256, which MinIO puts before each block of a shard.

The algorithm is of Alakuijala, Cox and Wassenberg (2016). No package for Python has it;
this one is for reading, and for a few megabytes.
"""

from __future__ import annotations

import struct

__all__ = ["MINIO_KEY", "highway256"]

# MinIO's fixed key: the HighwayHash-256 of the first hundred decimals of pi, under a key of zeros, as its source says.
MINIO_KEY = bytes.fromhex("4be734fa8e238acd263e83e6bb968552040f935da39f441497e09d1322de36a0")
MASK = 0xFFFFFFFFFFFFFFFF
MUL0 = (0xDBE6D5D5FE4CCE2F, 0xA4093822299F31D0, 0x13198A2E03707344, 0x243F6A8885A308D3)
MUL1 = (0x3BD39E10CB0EF593, 0xC0ACF169B5F18A8C, 0xBE5466CF34E90C6C, 0x452821E638D01377)
PACKET = 32

State = tuple[list[int], list[int], list[int], list[int]]


def highway256(data: bytes, key: bytes = MINIO_KEY) -> bytes:
    """The digest of `data`, 32 bytes, under a key of 32 bytes."""
    state = begin(struct.unpack("<4Q", key))
    whole = len(data) - len(data) % PACKET
    for packet in struct.iter_unpack("<4Q", data[:whole]):
        update(state, packet)
    if rest := data[whole:]:
        last(state, rest)
    for _ in range(10):
        update(state, [turned(state[0][lane]) for lane in (2, 3, 0, 1)])
    v0, v1, mul0, mul1 = state
    halves = [
        reduced(v0[n] + mul0[n], v0[n + 1] + mul0[n + 1], v1[n] + mul1[n], v1[n + 1] + mul1[n + 1]) for n in (0, 2)
    ]
    return struct.pack("<4Q", *halves[0], *halves[1])


def begin(key: tuple[int, ...]) -> State:
    v0 = [m ^ k for m, k in zip(MUL0, key, strict=True)]
    v1 = [m ^ turned(k) for m, k in zip(MUL1, key, strict=True)]
    return v0, v1, list(MUL0), list(MUL1)


def turned(word: int) -> int:
    """The two halves of a word of 64 bits, the other way round."""
    return (word >> 32) | (word << 32) & MASK


def update(state: State, packet: tuple[int, ...] | list[int]) -> None:
    v0, v1, mul0, mul1 = state
    for i in range(4):
        v1[i] = (v1[i] + packet[i] + mul0[i]) & MASK
        mul0[i] ^= (v1[i] & 0xFFFFFFFF) * (v0[i] >> 32)
        v0[i] = (v0[i] + mul1[i]) & MASK
        mul1[i] ^= (v0[i] & 0xFFFFFFFF) * (v1[i] >> 32)
    for one, other in ((v1, v0), (v0, v1)):
        for i in (0, 2):
            low, high = zipped(one[i], one[i + 1])
            other[i], other[i + 1] = (other[i] + low) & MASK, (other[i + 1] + high) & MASK


def zipped(a: int, b: int) -> tuple[int, int]:
    """The bytes of two words, mixed so that what multiplying left weak meets what it left strong."""
    x, y = a.to_bytes(8, "little"), b.to_bytes(8, "little")
    low = bytes((x[3], y[4], x[2], x[5], y[6], x[1], y[7], x[0]))
    high = bytes((y[3], x[4], y[2], y[5], y[1], x[6], y[0], x[7]))
    return int.from_bytes(low, "little"), int.from_bytes(high, "little")


def last(state: State, rest: bytes) -> None:
    """What does not fill a packet: 1 to 31 bytes, with their number in the state."""
    size, (v0, v1, _, _) = len(rest), state
    for i in range(4):
        v0[i] = (v0[i] + (size << 32) + size) & MASK
        v1[i] = twice_rotated(v1[i], size)
    packet, tail = bytearray(PACKET), rest[size & ~3 :]
    packet[: size & ~3] = rest[: size & ~3]
    if size & 16:
        packet[28:] = rest[size - 4 :]
    elif tail:
        packet[16:19] = bytes((tail[0], tail[len(tail) >> 1], tail[-1]))
    update(state, struct.unpack("<4Q", packet))


def twice_rotated(word: int, count: int) -> int:
    """Each half of 32 bits rotated left by `count`."""
    halves = [half << count | half >> (32 - count) for half in (word & 0xFFFFFFFF, word >> 32)]
    return (halves[0] & 0xFFFFFFFF) | (halves[1] & 0xFFFFFFFF) << 32


def reduced(a0: int, a1: int, a2: int, a3: int) -> tuple[int, int]:
    """256 bits to 128, modulo a polynomial."""
    a0, a1, a2, a3 = a0 & MASK, a1 & MASK, a2 & MASK, a3 & 0x3FFFFFFFFFFFFFFF
    one = (a3 << 1 | a2 >> 63) & MASK
    two = (a3 << 2 | a2 >> 62) & MASK
    return a0 ^ (a2 << 1) & MASK ^ (a2 << 2) & MASK, a1 ^ one ^ two
