"""Reed-Solomon over GF(2^8), as the library does it that MinIO uses: any k of k + m shards give back the k data shards.

The field's polynomial is x^8 + x^4 + x^3 + x^2 + 1. Row r of the code is (1, r, r^2, ...), a Vandermonde matrix,
multiplied by the inverse of its own first k rows, so that those become the identity: data shards are the data.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["encoded", "recovered"]

POLYNOMIAL = 0x11D
Matrix = list[list[int]]


def tables() -> tuple[list[int], list[int]]:
    """Powers of 2 in the field, twice over, and the logarithm of each element but 0."""
    power, log, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        power[exponent] = power[exponent + 255] = value
        log[value] = exponent
        value = value << 1 ^ (POLYNOMIAL if value & 0x80 else 0)
    return power, log


POWER, LOG = tables()


def times(a: int, b: int) -> int:
    return POWER[LOG[a] + LOG[b]] if a and b else 0


def inverse_of(a: int) -> int:
    return POWER[255 - LOG[a]]


def product(a: Matrix, b: Matrix) -> Matrix:
    return [[dot(row, column) for column in zip(*b, strict=True)] for row in a]


def dot(row: list[int], column: tuple[int, ...]) -> int:
    total = 0
    for x, y in zip(row, column, strict=True):
        total ^= times(x, y)
    return total


def inverted(matrix: Matrix) -> Matrix:
    """By Gauss and Jordan; any k rows of the code are independent."""
    size = len(matrix)
    rows = [list(row) + [int(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        scale = inverse_of(rows[i][i])
        rows[i] = [times(scale, x) for x in rows[i]]
        for r in range(size):
            if r != i and rows[r][i]:
                rows[r] = [x ^ times(rows[r][i], y) for x, y in zip(rows[r], rows[i], strict=True)]
    return [row[size:] for row in rows]


def code(data: int, parity: int) -> Matrix:
    """The matrix of the code: k + m rows of k elements."""
    vandermonde: Matrix = []
    for r in range(data + parity):
        row = [1]
        while len(row) < data:
            row.append(times(row[-1], r))
        vandermonde.append(row)
    return product(vandermonde, inverted(vandermonde[:data]))


def applied(rows: Matrix, shards: list[bytes]) -> list[bytes]:
    """Each row of the matrix times the shards, byte by byte: whole shards at once, by a table of products."""
    out = []
    for row in rows:
        total = 0
        for factor, shard in zip(row, shards, strict=True):
            total ^= int.from_bytes(shard.translate(bytes(times(factor, x) for x in range(256))), "big")
        out.append(total.to_bytes(len(shards[0]), "big"))
    return out


def encoded(shards: list[bytes], parity: int) -> list[bytes]:
    """The parity shards of data shards of one length."""
    return applied(code(len(shards), parity)[len(shards) :], shards)


def recovered(known: Mapping[int, bytes], data: int, parity: int) -> list[bytes]:
    """The data shards, from any k shards by their numbers."""
    numbers = sorted(known)[:data]
    rows = [code(data, parity)[number] for number in numbers]
    return applied(inverted(rows), [known[number] for number in numbers])
