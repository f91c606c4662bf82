"""Images of Pillow."""

LIBRARY = "PIL"
NAME = "pillow"


def objects():
    import io

    from PIL import Image

    for mode in ("1", "L", "P", "RGB", "RGBA", "F", "I"):
        yield "image_" + mode, Image.new(mode, (2, 3), 1)
    for kind in ("PNG", "JPEG", "GIF", "BMP"):
        held = io.BytesIO()
        Image.new("RGB", (4, 4)).save(held, kind)
        held.seek(0)
        opened = Image.open(held)
        opened.load()
        yield "image_" + kind.lower(), opened
    yield "choices", [getattr(Image, "Resampling", Image).BILINEAR, getattr(Image, "Transpose", Image).ROTATE_90]
