"""Writes a picture of the program small: 256 colours take a third of the room, and nobody sees the difference."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

Colors: TypeAlias = npt.NDArray[np.uint32]
"""0xRRGGBB each."""
LARGEST: Final = 150_000
_COLORS: Final = 256


def save(picture: QImage, file: Path) -> None:
    """Write a small PNG. Raises ValueError when it is larger than LARGEST all the same."""
    pixels = _pixels(picture)
    palette, places = reduce_colors(pixels)
    height, width = places.shape
    lines = np.zeros((height, -(-width // 4) * 4), np.uint8)  # QImage wants lines of whole words
    lines[:, :width] = places
    small = QImage(lines.tobytes(), width, height, lines.shape[1], QImage.Format.Format_Indexed8)
    small.setColorTable([int(color) | 0xFF000000 for color in palette])
    if not small.save(str(file), quality=0):
        message = f"{file} cannot be written"
        raise OSError(message)
    if file.stat().st_size > LARGEST:
        message = f"{file} has {file.stat().st_size} bytes"
        raise ValueError(message)


def reduce_colors(pixels: Colors) -> tuple[Colors, npt.NDArray[np.uint8]]:
    """At most 256 colours as 0xRRGGBB, and the place of each pixel's among them: the frequent ones stay exact."""
    colors, inverse, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    parts = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(np.float64)
    # Each next one is what would be drawn worst without it.
    chosen = [int(np.argmax(counts))]
    worst = np.square(parts - parts[chosen[0]]).sum(axis=1)
    nearest = np.zeros(len(colors), np.uint8)
    while len(chosen) < min(_COLORS, len(colors)):
        chosen.append(int(np.argmax(worst * counts)))
        distance = np.square(parts - parts[chosen[-1]]).sum(axis=1)
        closer = distance < worst
        nearest[closer] = len(chosen) - 1
        worst = np.minimum(worst, distance)
    return colors[chosen], nearest[inverse].reshape(pixels.shape)


def _pixels(picture: QImage) -> Colors:
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    height, width = plain.height(), plain.width()
    pixels: Colors = np.frombuffer(plain.constBits(), np.uint32).reshape(height, width)
    return pixels & np.uint32(0xFFFFFF)
