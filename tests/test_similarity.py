"""Lesson 09: its sentences, the apples' AUC, what layer 0 knows, and the Chinese section."""

from collections import Counter

import pytest
import torch
from sklearn.metrics import roc_auc_score

from grading import lesson as lessons
from helpers import load

LAYERS = 7


def run(namespace, *beginnings):
    """Run the lesson's code cells in which a line begins with one of these."""
    cells = [c.solved for c in lessons.find("09").cells if not c.is_text]
    for wanted in beginnings:
        (source,) = [c for c in cells if c.startswith(wanted) or f"\n{wanted}" in c]
        exec(source, namespace)


@pytest.fixture(scope="module")
def lesson():
    """What the lesson has defined after "A number for a heat map", with the course's answers."""
    names = ("cosine_matrix", "euclidean_matrix", "auc", "anisotropy", "nearest")
    ids = ("9.1", "9.2", "9.4", "9.6", "9.7")
    namespace = {n: lessons.of(i).right_answer(i) for n, i in zip(names, ids, strict=True)}
    run(namespace, "from pathlib", "lines =", "readings =", "def word_vector", "def pairs")
    run(namespace, "def auc_by_layer")
    return namespace


@pytest.fixture(scope="module")
def apples(lesson):
    return lesson["words_of"]("apple")


def test_sentences(lesson):
    rows = lesson["table"]
    assert len({sentence for *_, sentence in rows}) == len(rows)
    for name in ("apple", "position", "swapped", "chinese"):
        senses = Counter(sense for kind, _, sense, _ in rows if kind == name)
        assert senses == {"fruit": 5, "company": 5}
    corpus = Counter((word, sense) for kind, word, sense, _ in rows if kind == "corpus")
    assert len(corpus) == 14 and set(corpus.values()) == {5}
    for kind, word, _, sentence in rows:
        words = sentence.lower().replace(".", "").split()
        assert (sentence if kind == "chinese" else words).count(word) == 1


def test_apple_auc_is_the_designs_and_sklearns(apples):
    vectors, senses, _ = apples
    i, j = torch.triu_indices(10, 10, 1)
    same = [senses[a] == senses[b] for a, b in zip(i, j, strict=True)]
    unit = torch.nn.functional.normalize(vectors.double(), dim=2)
    for layer, expected in {0: 0.44, 1: 0.94, 3: 0.996}.items():
        cosines = (unit[layer] @ unit[layer].T)[i, j].round(decimals=6)
        distances = (vectors[layer][i] - vectors[layer][j]).norm(dim=1).round(decimals=5)
        assert roc_auc_score(same, cosines) == pytest.approx(expected, abs=0.05)
        assert roc_auc_score(same, -distances) == pytest.approx(expected, abs=0.05)


def test_the_lessons_auc_is_sklearns_with_ties():
    generator = torch.Generator().manual_seed(3)
    values = torch.randint(0, 6, (40,), generator=generator).float()
    labels = torch.rand(40, generator=generator) < 0.4
    ours = lessons.of("9.4").right_answer("9.4")(values[labels], values[~labels])
    assert float(ours) == pytest.approx(roc_auc_score(labels, values))


def test_layer_0_is_word_and_place(apples):
    vectors, _, places = apples
    for a in range(10):
        for b in range(a):
            equal = torch.equal(vectors[0, a], vectors[0, b])
            assert equal == bool(places[a] == places[b])
            assert not torch.equal(vectors[1, a], vectors[1, b])


def test_unit_vectors_join_the_rulers():
    vectors = torch.randn(20, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    cosines, distances = (lessons.of(i).right_answer(i)(unit) for i in ("9.1", "9.2"))
    torch.testing.assert_close(distances**2, 2 - 2 * cosines)
    torch.testing.assert_close(lessons.of("9.3").right_answer("9.3")(distances), cosines)


def test_the_prettiest_layer_is_the_wrong_one(lesson):
    old, old_senses, old_places = lesson["words_of"]("position")
    new, new_senses, new_places = lesson["words_of"]("swapped")
    assert lesson["auc_by_layer"](old, old_senses, lesson["cosine_matrix"]) == [1.0] * LAYERS
    assert set(old_places[5:].tolist()) == {1} == set(new_places[:5].tolist())
    right = []
    for layer in range(LAYERS):
        similarity = torch.nn.functional.cosine_similarity(new[layer][:, None], old[layer], dim=2)
        found = [old_senses[n] for n in similarity.argmax(1)]
        right.append(sum(a == b for a, b in zip(found, new_senses, strict=True)))
    assert right[0] == 0 and right[3] <= 6 and right[6] >= 9


def test_distance_offers_short_function_words(lesson):
    run(lesson, "corpus =", "SMALL =", "same_sentence =")
    offered = lesson["offered"]
    assert offered["cosine"][6] < 0.1 and offered["distance"][6] > 0.3
    assert offered["distance"][0] > 5 * offered["cosine"][0]


def test_neighbours_find_the_meaning(lesson):
    run(lesson, "corpus =", "words, meanings")
    found = lesson["accuracy"]["cosine"]
    assert found[0] < 0.65 and found[6] > 0.88


CHINESE = 'MODEL = "minilm"'


def with_model(lesson, name):
    """The Chinese section with another name for the model."""
    cells = [c.source for c in lessons.find("09").cells if CHINESE in c.source]
    (source,) = [c for c in cells if c.startswith(CHINESE)]
    exec(source.replace(CHINESE, f"MODEL = {name!r}"), lesson)
    (source,) = [c.source for c in lessons.find("09").cells if "picture = None" in c.source]
    exec(source, lesson)
    return lesson["picture"]


@pytest.fixture
def chinese_folder(lesson, tmp_path):
    """A tiny untrained BERT that reads characters, saved as the hub's models are."""
    from transformers import BertConfig, BertModel, BertTokenizer

    text = "".join(sentence for kind, *_, sentence in lesson["table"] if kind == "chinese")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(text))]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=8,
    )
    BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def test_a_chinese_model_is_used(lesson, chinese_folder):
    assert with_model(lesson, str(chinese_folder)).alt
    assert lesson["pingguo"].shape == (3, 10, 8)
    tokenizer, model = load.bert(str(chinese_folder))
    sentence = lesson["chinese"][0]
    reading = lesson["read"](tokenizer, model, sentence)
    start = sentence.index("蘋果") + 1  # after [CLS]
    assert reading.tokens[start : start + 2] == ["蘋", "果"]
    torch.testing.assert_close(
        lesson["pingguo"][:, 0], reading.hidden[:, start : start + 2].mean(1)
    )


def test_a_model_that_cannot_read_it_is_found_out(lesson, capsys):
    assert with_model(lesson, "minilm") is None
    first, *_, last = capsys.readouterr().out.splitlines()
    assert "[UNK]" in first and "minilm has no token for 蘋果" in last


def test_a_model_that_is_not_here_gets_a_sentence_that_says_what_to_do(lesson, monkeypatch):
    monkeypatch.setattr("helpers.load.text._online", lambda: False)
    with pytest.raises(ConnectionError, match="nobody/has-this-model.*go online"):
        with_model(lesson, "nobody/has-this-model")
