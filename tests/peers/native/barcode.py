"""The frame counter and clock of crates/video/src/barcode.rs, drawn into and read from a luma plane."""

import time

import numpy as np

COLUMNS, ROWS, ACROSS, DOWN = 20, 4, 40, 24
WHITENING = bytes((0xA5, 0x5A, 0xC3, 0x3C, 0x96, 0x69, 0xA5, 0x5A, 0xC3, 0x3C))
MIN_CONTRAST = 64


def clock_ms() -> int:
    """The lowest 32 bits of the Unix time in milliseconds."""
    return int(time.time() * 1000) & 0xFFFFFFFF


def _crc(data: bytes) -> int:
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021) & 0xFFFF if value & 0x8000 else value << 1 & 0xFFFF
    return value


def draw(luma: np.ndarray, counter: int, clock: int) -> None:
    """Draws over the top left corner of `luma`, height × width bytes."""
    height, width = luma.shape
    body = counter.to_bytes(4, "big") + clock.to_bytes(4, "big")
    data = bytes(a ^ b for a, b in zip(body + _crc(body).to_bytes(2, "big"), WHITENING))
    bits = np.unpackbits(np.frombuffer(data, np.uint8)).reshape(ROWS, COLUMNS)
    rows = np.diff([row * height // DOWN for row in range(ROWS + 1)])
    columns = np.diff([column * width // ACROSS for column in range(COLUMNS + 1)])
    cells = np.where(bits, 235, 16).astype(np.uint8).repeat(rows, 0).repeat(columns, 1)
    luma[: cells.shape[0], : cells.shape[1]] = cells


def read(luma: np.ndarray) -> tuple[int, int] | None:
    """`(counter, clock)`, or None where the picture holds no code."""
    height, width = luma.shape
    if width < 2 * ACROSS or height < 2 * DOWN:
        return None
    ys = [int((row + 0.5) * height / DOWN) for row in range(ROWS)]
    xs = [int((column + 0.5) * width / ACROSS) for column in range(COLUMNS)]
    cells = luma[np.ix_(ys, xs)].astype(int)
    low, high = cells.min(), cells.max()
    if high - low < MIN_CONTRAST:
        return None
    packed = np.packbits(cells.reshape(-1) > (low + high) / 2).tobytes()
    data = bytes(a ^ b for a, b in zip(packed, WHITENING))
    if _crc(data[:8]) != int.from_bytes(data[8:], "big"):
        return None
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
