"""Pictures, good and bad: the right tensor, or one sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from helpers import load

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def quarters():
    """A picture 8 high, 12 wide, whose four quarters differ: turned or mirrored, it shows."""
    pixels = np.zeros((8, 12, 3), np.uint8)
    pixels[:4, :6], pixels[:4, 6:], pixels[4:, :6], pixels[4:, 6:] = RED, GREEN, BLUE, WHITE
    return pixels


def as_tensor(pixels):
    return torch.from_numpy(pixels / np.float32(255)).permute(2, 0, 1)[None]


def sentence(error, source, **options):
    """The one sentence with which load.image refuses; nothing hidden behind it."""
    with pytest.raises(error) as caught:
        load.image(source, **options)
    text = str(caught.value)
    assert caught.value.__cause__ is None and (
        caught.value.__suppress_context__ or caught.value.__context__ is None
    )
    assert "\n" not in text and text.endswith(".") and ": " in text
    return text


# ------------------------------------------------------------------- the right picture


@pytest.mark.parametrize("kind", ["path", "text", "pil", "array"])
def test_every_source_gives_the_same_tensor(kind, quarters, tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(quarters).save(path)
    sources = {"path": path, "text": str(path), "pil": Image.open(path), "array": quarters}
    result = load.image(sources[kind], size=None)
    assert result.dtype == torch.float32 and result.is_contiguous()
    assert torch.equal(result, as_tensor(quarters))


@pytest.mark.parametrize("shape", [(300, 451), (451, 300), (50, 50), (7, 3), (224, 224)])
def test_resizing_is_torchvisions(shape):
    from torchvision.transforms import CenterCrop, Compose, Resize, ToTensor

    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    if max(shape) > 2 * min(shape):  # only the middle of very long ones is resized
        pixels = pixels[:6]
    theirs = Compose([Resize(32), CenterCrop(32), ToTensor()])(Image.fromarray(pixels))
    assert torch.equal(load.image(pixels, size=32), theirs[None])


def test_very_long_pictures_do_not_grow_beyond_memory():
    result = load.image(np.full((1, 200_000), 51, np.uint8), size=512)
    assert result.shape == (1, 3, 512, 512) and torch.allclose(result, torch.tensor(0.2))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_comes_upright(orientation, quarters, tmp_path):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that a camera would apply
    stored = Image.fromarray(quarters)
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "phone.png", exif=exif)
    assert torch.equal(load.image(tmp_path / "phone.png", size=None), as_tensor(quarters))


def test_cmyk_and_grey_jpegs(tmp_path):
    Image.new("RGB", (16, 16), (200, 30, 30)).convert("CMYK").save(tmp_path / "print.jpg")
    Image.new("L", (16, 16), 102).save(tmp_path / "grey.jpg")
    red = load.image(tmp_path / "print.jpg", size=8)
    assert red.shape == (1, 3, 8, 8)
    assert torch.allclose(red.mean((0, 2, 3)) * 255, torch.tensor([200.0, 30, 30]), atol=4)
    grey = load.image(tmp_path / "grey.jpg", size=8)
    assert grey.shape == (1, 3, 8, 8) and torch.allclose(grey, torch.tensor(0.4), atol=0.01)


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_16_bits_keep_their_steps(suffix, tmp_path):
    values = np.array([[0, 1, 256], [30000, 65534, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / f"scan.{suffix}")
    result = load.image(tmp_path / f"scan.{suffix}", size=None)
    assert torch.allclose(result[0, 1], torch.from_numpy(values / 65535).float(), atol=1e-7)
    assert load.image(tmp_path / f"scan.{suffix}", size=2).amax() > 0.4


def test_transparency_lies_on_white(tmp_path):
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2] = (255, 0, 0, 255)  # opaque red above, transparent black below, one half red pixel
    rgba[3, 3] = (255, 0, 0, 51)
    Image.fromarray(rgba).save(tmp_path / "rgba.png")
    result = load.image(tmp_path / "rgba.png", size=None)[0]
    assert torch.equal(result[:, 0, 0], torch.tensor([1.0, 0, 0]))
    assert torch.equal(result[:, 3, 0], torch.ones(3))
    assert torch.allclose(result[:, 3, 3], torch.tensor([1, 0.8, 0.8]))
    assert torch.equal(load.image(rgba, size=None)[0], result)
    assert torch.allclose(load.image(rgba / 255, size=None)[0], result)

    grey = Image.new("LA", (4, 4), (0, 0))
    grey.save(tmp_path / "la.png")
    assert load.image(tmp_path / "la.png", size=None).amin() == 1

    for suffix, transparent in [("gif", 1), ("png", 1), ("png", bytes([255, 0]))]:
        palette = Image.new("P", (4, 4), 1)
        palette.putpalette([255, 0, 0, 0, 0, 0])
        palette.putpixel((0, 0), 0)
        path = tmp_path / f"palette.{suffix}"
        palette.save(path, transparency=transparent)
        result = load.image(path, size=None)[0]
        assert torch.equal(result[:, 0, 0], torch.tensor([1.0, 0, 0]))
        assert torch.equal(result[:, 3, 3], torch.ones(3))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(6, 9), (6, 9, 3), (6, 9, 4)])
def test_arrays(dtype, shape):
    white = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    pixels = np.full(shape, white, dtype)
    assert torch.equal(load.image(pixels, size=None), torch.ones(1, 3, 6, 9))
    assert torch.allclose(load.image(pixels, size=12), torch.ones(1, 3, 12, 12))
    assert (pixels == white).all()  # the caller's array is left alone


# ------------------------------------------------------------------- one sentence


def png_header(width, height):
    """A PNG that promises a picture of that size and holds none of it."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()


def bad_files(folder):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    (folder / "cut.jpg").write_bytes(jpeg(noise)[:-900])
    (folder / "bomb.png").write_bytes(png_header(20_000, 10_000))
    (folder / "large.png").write_bytes(png_header(10_000, 10_000))
    (folder / "text.png").write_text("this is not a picture")
    (folder / "page.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    (folder / "empty.png").write_bytes(b"")
    (folder / "header.png").write_bytes(png_header(10, 10))
    Image.fromarray(np.full((4, 4), 2.5, np.float32)).save(folder / "float.tif")
    return {
        "cut.jpg": "damaged or cut off",
        "bomb.png": "million pixels",
        "large.png": "million pixels",
        "text.png": "is none of PNG",
        "page.png": "is none of PNG",
        "empty.png": "empty (0 bytes)",
        "header.png": "damaged or cut off",
        "float.tif": "floats outside [0, 1]",
    }


def test_bad_files_get_one_sentence(tmp_path, recwarn):
    for name, problem in bad_files(tmp_path).items():
        text = sentence(ValueError, tmp_path / name)
        assert name in text and problem in text
    assert not recwarn.list


def test_a_bomb_is_refused_without_decoding(tmp_path, monkeypatch):
    bad_files(tmp_path)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    sentence(ValueError, tmp_path / "bomb.png")


def test_paths_that_are_no_files(tmp_path):
    assert "does not exist" in sentence(FileNotFoundError, tmp_path / "nowhere.png")
    assert "does not exist" in sentence(FileNotFoundError, "x" * 5000)
    assert "load.folder" in sentence(ValueError, tmp_path)


@pytest.mark.parametrize(
    ("pixels", "problem"),
    [
        (np.full((4, 4), 1.5), "outside [0, 1]"),
        (np.full((4, 4), -0.1), "outside [0, 1]"),
        (np.full((4, 4), np.nan), "NaN"),
        (np.full((4, 4, 3), 7), "int64"),
        (np.zeros((4, 4), bool), "bool"),
        (np.zeros((1, 3, 4, 4), np.float32), "(1, 3, 4, 4)"),
        (np.zeros((3, 4, 5), np.float32), "(3, 4, 5)"),
        (np.zeros((0, 4, 3), np.uint8), "no pixels"),
        (np.zeros(5, np.uint8), "(5,)"),
        (torch.zeros(3, 4, 4), "Tensor"),
        (None, "NoneType"),
    ],
)
def test_bad_arrays_get_one_sentence(pixels, problem):
    assert problem in sentence(ValueError, pixels)


@pytest.mark.parametrize("size", [0, -1, 2.5, "224"])
def test_bad_sizes(size):
    assert "size" in sentence(ValueError, np.zeros((4, 4), np.uint8), size=size)


def test_damage_anywhere_never_shows_a_traceback(quarters, tmp_path):
    """Bytes flipped at random: a picture or a ValueError, nothing else."""
    rng = np.random.default_rng(0)
    for suffix in ("png", "jpg", "gif", "tif", "bmp", "webp"):
        path = tmp_path / f"picture.{suffix}"
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(quarters).save(path, exif=exif)
        whole = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(60):
            broken = whole.copy()
            places = rng.integers(0, len(whole), 3)
            broken[places] = rng.integers(0, 256, 3)
            path.write_bytes(broken[: rng.integers(len(whole) // 2, len(whole) + 1)].tobytes())
            try:
                result = load.image(path, size=16)
            except ValueError as error:
                assert str(error).startswith(str(path)) and error.__suppress_context__
            else:
                assert result.shape == (1, 3, 16, 16)


# ------------------------------------------------------------------- folders, photographs


def test_folder_reads_what_it_can_and_says_what_it_skipped(quarters, tmp_path, capsys):
    Image.fromarray(quarters).save(tmp_path / "b.png")
    Image.fromarray(255 - quarters).save(tmp_path / "a.jpg")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "sub").mkdir()
    images, paths = load.folder(tmp_path, size=8)
    assert images.shape == (2, 3, 8, 8) and [path.name for path in paths] == ["a.jpg", "b.png"]
    assert torch.equal(images[1:], load.image(tmp_path / "b.png", size=8))
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and line.startswith("Skipped 2 of 4 files: gone.png does not")
    assert "notes.txt is none of PNG" in line and "hidden" not in line


def test_folder_names_five_and_counts_the_rest(quarters, tmp_path, capsys):
    bad = bad_files(tmp_path)
    with pytest.raises(ValueError, match="no readable picture"):
        load.folder(tmp_path)
    Image.fromarray(quarters).save(tmp_path / "good.png")
    load.folder(tmp_path, size=8)
    assert f"and {len(bad) - 5} more." in capsys.readouterr().out


def test_folder_says_nothing_when_all_is_well(quarters, tmp_path, capsys):
    Image.fromarray(quarters).save(tmp_path / "good.png")
    load.folder(tmp_path, size=8)
    assert capsys.readouterr().out == ""


def test_folder_that_is_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a folder"):
        load.folder(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="holds no file"):
        load.folder(tmp_path)
    with pytest.raises(ValueError, match="size"):
        load.folder(tmp_path, size=None)


def test_photographs():
    pictures = load.photographs()
    assert list(pictures) == ["cat", "coffee", "rocket", "astronaut", "palace", "flower"]
    for name, picture in pictures.items():
        assert picture.shape == (1, 3, 224, 224) and picture.std() > 0.1
        assert torch.equal(picture, load.photograph(name))
    with pytest.raises(ValueError, match="take one of cat, coffee"):
        load.photograph("dog")
