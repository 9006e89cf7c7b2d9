"""Draws a cover for a book that has none: a title on coloured cloth, and a picture made of chance."""

import io
import random

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 320, 480
SCALE = 2  # drawn larger, then made smaller: smooth edges

CLOTH = {  # genre: ground, light and dark shapes
    "novel": ("#7c3a34", "#e3b5a0", "#5b2823"),
    "poetry": ("#4a4a74", "#c9c3e0", "#353556"),
    "essays": ("#8a6d2f", "#ecd9a3", "#665020"),
    "science": ("#2f5d50", "#b5d4c3", "#21443a"),
    "travel": ("#2d5a7b", "#b3d1e0", "#1f425c"),
    "children": ("#a85a2a", "#f4cf9c", "#83441d"),
}
PAPER = "#f7f1e3"


def draw_cover(title, author, genre):
    """The bytes of a PNG, the same ones for the same book."""
    chance = random.Random(f"{title} {author}")
    ground, light, dark = CLOTH[genre]
    size = (WIDTH * SCALE, HEIGHT * SCALE)
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    chance.choice([_hills, _moons, _waves])(draw, chance, size, light, dark)
    _label(draw, title, author, size)
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(48)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _hills(draw, chance, size, light, dark):
    width, height = size
    sun = chance.uniform(0.2, 0.8) * width
    draw.circle((sun, height * 0.56), width * 0.13, fill=light)
    for step, colour in enumerate([light, dark, PAPER, dark]):
        top = height * (0.68 + 0.08 * step)
        peak = chance.uniform(0, width)
        reach = width * chance.uniform(0.7, 1.1)
        draw.ellipse((peak - reach, top, peak + reach, top + height), fill=colour)


def _moons(draw, chance, size, light, dark):
    width, height = size
    middle = (width / 2, height * 0.7)
    radius = width * 0.4
    colours = [dark, light, dark, PAPER]
    chance.shuffle(colours)
    for colour in colours:
        draw.circle(middle, radius, fill=colour)
        radius *= chance.uniform(0.6, 0.8)
        middle = (
            middle[0] + chance.uniform(-0.1, 0.1) * radius,
            middle[1] + chance.uniform(-0.2, 0.2) * radius,
        )


def _waves(draw, chance, size, light, dark):
    width, height = size
    crests = chance.randint(3, 5)
    crest = width / crests
    for row in range(7):
        y = height * (0.5 + 0.075 * row)
        shift = crest * chance.random()
        for n in range(-1, crests + 1):
            left = n * crest + shift
            colour = [light, dark, PAPER][(row + n) % 3]
            draw.pieslice((left, y, left + crest, y + crest), 180, 360, fill=colour)


def _label(draw, title, author, size):
    width, height = size
    margin = width * 0.09
    large, small = _font(30 * SCALE, 600), _font(17 * SCALE, 450)
    y = height * 0.075
    for line in _lines(title, large, width - 2 * margin):
        draw.text((margin, y), line, fill=PAPER, font=large)
        y += 36 * SCALE
    for line in _lines(author, small, width - 2 * margin):
        y += 6 * SCALE
        draw.text((margin, y), line, fill=PAPER, font=small)
        y += 18 * SCALE


def _font(size, weight):
    font = ImageFont.truetype(finders.find("fonts/Literata Latin.woff2"), size)
    font.set_variation_by_axes([weight])
    return font


def _lines(text, font, width):
    """The text in as few lines as fit the width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
