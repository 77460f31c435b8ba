"""Teach the packaged MiniLM to fill in masked words and to answer questions (about two hours).

    python data/make_adapters.py TEXTS [masked_lm] [question_answering] [--everything]

TEXTS is a folder with the texts named below; they are not part of the course. MiniLM was trained to
compare sentences and has neither head. What is learned here is a head, and beside each linear layer
of the encoder a low-rank addition to its weight (LoRA, Hu et al. 2021, arXiv:2106.09685); the
weights of the package stay as they are. Writes `adapters/masked_lm.safetensors` and
`adapters/question_answering.safetensors` in half precision, and what they reach on held-out text
into `adapters/held_out.json`. `--everything` trains all weights of the question answerer instead,
for comparison, and keeps only its figures.
"""

import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm
from transformers import BertForMaskedLM, BertForQuestionAnswering, BertTokenizerFast

from helpers.load import device
from helpers.load.text import ADAPTERS, packaged_folder

PAD, UNKNOWN, START, END, MASK = 0, 100, 101, 102, 103  # word pieces of BERT's vocabulary
HELD_OUT = 5  # every fifth article


class LowRank(nn.Module):
    """A frozen linear layer (out, in) plus up (out, r) @ down (r, in), which starts at zero."""

    def __init__(self, linear: nn.Linear, rank: int):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + F.linear(F.linear(x, self.down), self.up)


def add_low_rank(model: nn.Module, rank: int) -> None:
    """Put a LowRank around every linear layer of the encoder and freeze the embeddings."""
    model.bert.embeddings.requires_grad_(False)
    for module in list(model.bert.encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, LowRank(child, rank))


def packaged(kind: type, dropout: float) -> nn.Module:
    """The packaged weights with a new head, in training mode."""
    torch.manual_seed(0)
    chances = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    model = kind.from_pretrained(packaged_folder(), attn_implementation="eager", **chances)
    return model.train()


def save_adapter(model: nn.Module, file: str) -> None:
    """Everything that was trained, in half precision, under the names of the plain model."""
    rename = {".down": ".weight.down", ".up": ".weight.up"}
    tensors = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            ending = next((end for end in rename if name.endswith(end)), "")
            name = name.removesuffix(ending) + rename.get(ending, "")
            tensors[name] = parameter.detach().cpu().half().contiguous()
    ADAPTERS.mkdir(exist_ok=True)
    save_file(tensors, ADAPTERS / file)


def note(task: str, figures: dict) -> None:
    """Keep and print what was reached on held-out text."""
    file = ADAPTERS / "held_out.json"
    table = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    table[task] = figures
    file.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    tqdm.write(f"{task}: {figures}")


def padded(sequences: list[list[int]]) -> Tensor:
    """Word pieces (N, T), short ones filled up with PAD."""
    return nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sequences], batch_first=True)


def encode(model: nn.Module, pieces: Tensor, segments: Tensor | None = None) -> Tensor:
    mask = (pieces != PAD).long()
    return model.bert(pieces, attention_mask=mask, token_type_ids=segments).last_hidden_state


def climb(optimiser: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One step with this learning rate, the gradient's norm clipped at 1."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], 1.0)
    optimiser.step()


def autocast() -> torch.autocast:
    return torch.autocast(device().type, torch.bfloat16)


# ---------------------------------------------------------------------- masked words
# 15 % of the pieces of a held-out sentence are hidden, and every one of them, full stops and
# pieces of names included, is to be guessed.

MLM_RANK, MLM_RATE, MLM_PIECES, MLM_BATCH = 64, 1.5e-3, 4_500_000, 2048
MASKED_IN_TRAINING, MASKED_IN_TEST = 0.2, 0.15


def wikitext(texts: Path) -> tuple[list[str], list[str]]:
    """Paragraphs to train on, and sentences of every fifth article, held out."""
    articles = []
    for file in ("wikitext2-valid.txt", "wikitext2-test.txt"):
        for line in (texts / file).read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if re.fullmatch(r"= [^=].*[^=] =", line):
                articles.append([])
            elif line and not line.startswith("="):
                articles[-1].append(untokenised(line))
    training = [p for i, article in enumerate(articles) if i % HELD_OUT for p in article]
    held_out = [s for article in articles[::HELD_OUT] for p in article for s in sentences(p)]
    return training, [s for s in held_out if 8 <= len(s.split()) <= 50 and s.count("[UNK]") <= 1]


def untokenised(line: str) -> str:
    """Wikitext's " @-@ " and spaces before punctuation undone, as in ordinary text."""
    line = re.sub(r" @(.)@ ", r"\1", line.replace("<unk>", "[UNK]"))
    line = re.sub(r" ([.,;:!?)\]%])", r"\1", re.sub(r"([(\[]) ", r"\1", line))
    return line.replace(" 's", "'s").replace(" n't", "n't")


def sentences(paragraph: str) -> list[str]:
    return re.split(r'(?<=[.!?]) (?=[A-Z"])', paragraph)


def other_texts(texts: Path) -> tuple[list[str], list[str]]:
    """More encyclopedia, and prose of other kinds: paragraphs or single sentences."""
    xquad = json.loads((texts / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    encyclopedia = (texts / "wikisplit-sentences.txt").read_text(encoding="utf-8").splitlines()
    training = [article for i, article in enumerate(xquad) if i % HELD_OUT]
    encyclopedia += [p["context"] for article in training for p in article["paragraphs"]]
    prose = []
    for file in ("gutenberg-prose.txt", "us-presidential-addresses.txt"):
        paragraphs = (texts / file).read_text(encoding="utf-8").split("\n\n")
        prose += [" ".join(p.split()) for p in paragraphs if len(p) > 60]
    for file in ("ewt-dev.conllu", "ewt-test.conllu"):
        lines = (texts / file).read_text(encoding="utf-8").splitlines()
        prose += [line.removeprefix("# text = ") for line in lines if line.startswith("# text = ")]
    return encyclopedia, prose


def pack(tokenizer, paragraphs: list[str], longest: int = 94) -> list[list[int]]:
    """Word pieces of whole sentences of one paragraph, as many as fit into `longest`."""
    sequences = []
    for paragraph in paragraphs:
        pieces = []
        for sentence in tokenizer(sentences(paragraph), add_special_tokens=False)["input_ids"]:
            if pieces and len(pieces) + len(sentence) > longest:
                sequences.append(pieces)
                pieces = []
            pieces = pieces + sentence[:longest]
        if len(pieces) > 6:
            sequences.append(pieces)
    return [[START, *pieces, END] for pieces in sequences]


def batches(sequences: list[list[int]], size: int, luck: random.Random) -> list[list[list[int]]]:
    """Batches of about `size` pieces, each of sequences of similar length, in random order."""
    result, batch = [], []
    for sequence in sorted(sequences, key=lambda s: len(s) + 6 * luck.random()):
        if batch and (len(batch) + 1) * max(len(sequence), len(batch[-1])) > size:
            result.append(batch)
            batch = []
        batch.append(sequence)
    result.append(batch)
    luck.shuffle(result)
    return result


def masked(pieces: Tensor, share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The pieces with a random share of them replaced by MASK, and which were."""
    hidden = (torch.rand(pieces.shape, generator=generator) < share) & (pieces > MASK)
    return torch.where(hidden, MASK, pieces), hidden


@torch.no_grad()
def hits(model: nn.Module, sequences: list[list[int]]) -> dict:
    """How often a hidden piece is the first guess, or among the first five."""
    generator, found, total = torch.Generator().manual_seed(7), [0, 0], 0
    for batch in batches(sequences, MLM_BATCH, random.Random(3)):
        pieces = padded(batch)
        shown, hidden = masked(pieces, MASKED_IN_TEST, generator)
        with autocast():
            logits = model.cls(encode(model, shown.to(device()))[hidden.to(device())])
        right = logits.topk(5).indices.cpu() == pieces[hidden][:, None]
        found = [found[0] + right[:, 0].sum().item(), found[1] + right.sum().item()]
        total += len(right)
    return {"top-1": round(found[0] / total, 3), "top-5": round(found[1] / total, 3), "of": total}


def masked_lm(texts: Path, everything: bool) -> None:
    tokenizer = BertTokenizerFast.from_pretrained(packaged_folder())
    model = packaged(BertForMaskedLM, dropout=0.0)  # no text is seen often enough to need it
    paragraphs, held_out = wikitext(texts)
    encyclopedia, prose = other_texts(texts)
    known = set(held_out)
    encyclopedia = pack(tokenizer, paragraphs + [s for s in encyclopedia if s not in known])
    prose, held_out = pack(tokenizer, prose), pack(tokenizer, held_out)

    count = Counter(piece for sequence in encyclopedia for piece in sequence)
    frequency = torch.tensor([1.0 + count[piece] for piece in range(len(tokenizer))])
    model.cls.predictions.bias.data = (frequency / frequency.sum()).log()
    model.cls.predictions.transform.LayerNorm.weight.data.fill_(0.5)  # or it starts too sure
    add_low_rank(model, MLM_RANK)
    model.to(device())
    optimiser = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], betas=(0.9, 0.98), weight_decay=0.0
    )

    def stream(luck: random.Random) -> Iterator[list[list[int]]]:
        """All of it once, then the encyclopedia only, which is nearer to what is asked."""
        yield from batches(encyclopedia + prose, MLM_BATCH, luck)
        while True:
            yield from batches(encyclopedia, MLM_BATCH, luck)

    generator, luck, done, next_look = torch.Generator().manual_seed(1), random.Random(0), 0, 0
    bar = tqdm(total=MLM_PIECES, desc="masked words", unit="piece", unit_scale=True)
    for batch in stream(luck):
        if done >= next_look or done >= MLM_PIECES:
            save_adapter(model, "masked_lm.safetensors")
            sample = held_out if done >= MLM_PIECES else held_out[::4]
            note("masked_lm", hits(model, sample) | {"pieces seen": done})
            next_look += MLM_PIECES // 15
        if done >= MLM_PIECES:
            break
        pieces = padded(batch)
        shown, hidden = masked(pieces, MASKED_IN_TRAINING, generator)
        with autocast():
            logits = model.cls(encode(model, shown.to(device()))[hidden.to(device())])
        loss = F.cross_entropy(logits.float(), pieces[hidden].to(device()))
        rise, fall = min(1, (done + MLM_BATCH) / 100_000), max(0.02, 1 - done / MLM_PIECES)
        climb(optimiser, loss, MLM_RATE * rise * fall)
        done += int((pieces != PAD).sum())
        bar.update(int((pieces != PAD).sum()))
        bar.set_postfix(loss=f"{loss.item():.2f}", refresh=False)


# ---------------------------------------------------------------------- questions

QA_RANK, QA_RATE, QA_EPOCHS, QA_BATCH = 24, 1e-3, 8, 16
ALL_RATE, ALL_EPOCHS = 1e-4, 4  # when every weight is trained
LONGEST, LONGEST_ANSWER = 384, 30  # word pieces


def questions(texts: Path) -> tuple[list[dict], list[dict]]:
    """XQuAD's questions: to train on, and those of every fifth article, held out."""
    articles = json.loads((texts / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    parts = ([], [])
    for index, article in enumerate(articles):
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answer = qa["answers"][0]
                parts[index % HELD_OUT == 0 and index < 9 * HELD_OUT].append(
                    {
                        "question": qa["question"],
                        "passage": paragraph["context"],
                        "answer": answer["text"],
                        "start": answer["answer_start"],
                    }
                )
    return parts


def passages() -> list[dict]:
    """The passages of lesson 08, one question each, which nothing was trained on."""
    file = ADAPTERS.parent / "08_bert" / "passages.json"
    return json.loads(file.read_text(encoding="utf-8"))


def pieces_of(tokenizer, examples: list[dict]) -> dict[str, Tensor]:
    """Word pieces, segments, and which piece stands for which characters of the passage."""
    return tokenizer(
        [e["question"] for e in examples],
        [e["passage"] for e in examples],
        truncation="only_second",
        max_length=LONGEST,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )


def span_logits(model: nn.Module, inputs) -> Tensor:
    """Start and end logits, (N, T, 2); a span lies in the passage, not in the question."""
    segments = inputs["token_type_ids"].to(device())
    logits = model.qa_outputs(encode(model, inputs["input_ids"].to(device()), segments)).float()
    outside = (segments == 0) | (inputs["input_ids"].to(device()) == END)
    return logits.masked_fill(outside[..., None], -1e4)


def span_of(inputs, row: int, start: int, answer: str) -> tuple[int, int]:
    """The first and the last piece of an answer; pieces cut off with the passage give the last."""
    offsets, segments = inputs["offset_mapping"][row], inputs["token_type_ids"][row]
    inside = (segments == 1) & (offsets[:, 1] > start) & (offsets[:, 0] < start + len(answer))
    places = inside.nonzero()[:, 0].tolist() or [int(segments.nonzero()[-1])]
    return places[0], places[-1]


@torch.no_grad()
def answers(model: nn.Module, tokenizer, examples: list[dict]) -> list[str]:
    """The most probable span of each passage, of at most LONGEST_ANSWER pieces."""
    model.eval()
    found = []
    for first in range(0, len(examples), 32):
        part = examples[first : first + 32]
        inputs = pieces_of(tokenizer, part)
        with autocast():
            logits = span_logits(model, inputs).cpu()
        scores = logits[:, :, None, 0] + logits[:, None, :, 1]
        allowed = torch.ones_like(scores[0]).triu().tril(LONGEST_ANSWER - 1).bool()
        best = scores.masked_fill(~allowed, -math.inf).flatten(1).argmax(1)
        for row, (start, end) in enumerate(
            zip((best // scores.shape[1]).tolist(), (best % scores.shape[1]).tolist(), strict=True)
        ):
            offsets = inputs["offset_mapping"][row]
            found.append(part[row]["passage"][offsets[start, 0] : offsets[end, 1]])
    model.train()
    return found


def words(text: str) -> list[str]:
    """SQuAD's normalisation: lower case, no punctuation, no articles."""
    text = re.sub(r"[^\w\s]", "", text.lower())
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def overlap(found: str, wanted: str) -> float:
    """F1 of the words of two answers (Rajpurkar et al. 2016, arXiv:1606.05250)."""
    ours, theirs = words(found), words(wanted)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def figures(model: nn.Module, tokenizer, held_out: list[dict]) -> dict:
    found = answers(model, tokenizer, held_out)
    wanted = [e["answer"] for e in held_out]
    own = passages()
    for each, answer in zip(own, answers(model, tokenizer, own), strict=True):
        tqdm.write(f"{each['question']} {answer!r} ({each['answer']})")
    return {
        "F1": round(sum(map(overlap, found, wanted)) / len(found), 3),
        "exact": round(
            sum(words(f) == words(w) for f, w in zip(found, wanted, strict=True)) / len(found), 3
        ),
        "of": len(found),
    }


def question_answering(texts: Path, everything: bool) -> None:
    tokenizer = BertTokenizerFast.from_pretrained(packaged_folder())
    training, held_out = questions(texts)
    check_unseen(training)
    model = packaged(BertForQuestionAnswering, dropout=0.1)
    if not everything:
        add_low_rank(model, QA_RANK)
    model.to(device())
    rate, epochs = (ALL_RATE, ALL_EPOCHS) if everything else (QA_RATE, QA_EPOCHS)
    task = "question_answering, all weights trained" if everything else "question_answering"
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad])
    luck, steps, step = random.Random(0), epochs * math.ceil(len(training) / QA_BATCH), 0
    bar = tqdm(total=steps, desc="questions")
    for epoch in range(epochs):
        order = batches_of_questions(training, luck)
        for batch in order:
            inputs = pieces_of(tokenizer, batch)
            spans = [span_of(inputs, i, e["start"], e["answer"]) for i, e in enumerate(batch)]
            with autocast():
                logits = span_logits(model, inputs)
            target = torch.tensor(spans, device=logits.device)
            loss = F.cross_entropy(logits[..., 0], target[:, 0])
            loss = loss + F.cross_entropy(logits[..., 1], target[:, 1])
            step += 1
            climb(optimiser, loss, rate * min(1, step / (0.1 * steps)) * (1 - step / steps))
            bar.update()
            bar.set_postfix(loss=f"{loss.item():.2f}", refresh=False)
        if not everything:
            save_adapter(model, "question_answering.safetensors")
        note(task, figures(model, tokenizer, held_out) | {"epochs": epoch + 1})


def batches_of_questions(examples: list[dict], luck: random.Random) -> list[list[dict]]:
    """Passages of similar length together, in random order."""
    examples = sorted(examples, key=lambda e: len(e["passage"]) + 300 * luck.random())
    result = [examples[i : i + QA_BATCH] for i in range(0, len(examples), QA_BATCH)]
    luck.shuffle(result)
    return result


def check_unseen(training: list[dict]) -> None:
    """Stop if a name of the lesson's passages stands in a text to be trained on."""
    text = " ".join(e["passage"] + " " + e["question"] for e in training).lower()
    for passage in passages():
        for name in passage["names"]:
            if re.search(rf"\b{re.escape(name.lower())}\b", text):
                sys.exit(f"{name!r} of lesson 08's passages is in the training text: rename it.")


def main() -> None:
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Say where the texts are: python data/make_adapters.py TEXTS")
    for task in (masked_lm, question_answering):
        if task.__name__ in sys.argv or not {"masked_lm", "question_answering"} & set(sys.argv):
            task(Path(sys.argv[1]), "--everything" in sys.argv)


if __name__ == "__main__":
    main()
