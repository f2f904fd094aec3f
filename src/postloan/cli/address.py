"""``postloan address``: parse addresses, measure the tagger, train it."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.address_matching import compare, grade, match
from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.address.mistakes import Mistakes

MOST_KINDS = 25
"""Kinds of mistakes that are shown; the rest are rare."""

# one thread a process is fastest for products as small as the tagger's; read when numpy is first imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Parse addresses (地址), measure and train the parser."
)


class ModeChoice(StrEnum):
    """How to parse."""

    accurate = "accurate"
    fast = "fast"
    divisions = "divisions"


class TaggerChoice(StrEnum):
    """The two networks."""

    accurate = "accurate"
    fast = "fast"


class WeightsChoice(StrEnum):
    """What the network was trained on."""

    default = "default"
    clean = "clean"


WeightsOption = Annotated[
    WeightsChoice, typer.Option(help="default, or clean: trained on constructed addresses alone.")
]


@app.command()
def parse(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="One address a line (UTF-8), or Parquet with a column text.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Parquet file to write.")],
    mode: Annotated[
        ModeChoice, typer.Option(help="accurate, fast, or divisions alone.")
    ] = ModeChoice.accurate,
    weights: WeightsOption = WeightsChoice.default,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Parse a file of addresses into labelled elements with offsets, division codes and confidence."""
    from postloan.adapters.addresses import parse_file

    screen = Screen(lang, json=as_json, quiet=quiet)
    with screen.progress("Parsing…", "正在解析…"):
        rows = parse_file(source, target, mode.value, weights.value)
    if as_json:
        screen.json({"addresses": rows, "out": str(target)})
    screen.say(f"{rows:,} addresses parsed into {target}", f"已解析 {rows:,} 个地址，写入 {target}")


@app.command()
def normalise(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="One address a line (UTF-8), or Parquet with a column text.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Parquet file to write.")],
    mode: Annotated[TaggerChoice, typer.Option(help="accurate or fast.")] = TaggerChoice.accurate,
    weights: WeightsOption = WeightsChoice.default,
    region: Annotated[
        str,
        typer.Option(help="Code of a division, such as 330100, that decides among places of one name."),
    ] = "",
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Put a file of addresses into standard form: levels completed, one spelling, nothing twice."""
    from postloan.adapters.addresses import normalise_file
    from postloan.address import region_of
    from postloan.kernel import InputError

    if region and region_of(region) is None:
        raise InputError(
            what=f"{region!r} is no code of a division",
            where="--region",
            mend="Give six digits of GB/T 2260, such as 330100.",
        )
    screen = Screen(lang, json=as_json, quiet=quiet)
    with screen.progress("Normalising…", "正在标准化…"):
        rows = normalise_file(source, target, mode.value, weights.value, region)
    if as_json:
        screen.json({"addresses": rows, "out": str(target)})
    screen.say(
        f"{rows:,} addresses in standard form in {target}", f"已将 {rows:,} 个地址标准化，写入 {target}"
    )


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One token and one BIO tag a line.")],
    mode: Annotated[TaggerChoice, typer.Option(help="accurate or fast.")] = TaggerChoice.accurate,
    weights: WeightsOption = WeightsChoice.default,
    worst: Annotated[
        int, typer.Option("--worst", min=0, help="Show so many of the worst mistakes, and their kinds.")
    ] = 0,
    as_json: JsonOption = False,
    lang: LangOption = LangChoice.en,
) -> None:
    """Entity precision, recall and F1 by label, on the raw text of a labelled file."""
    from postloan.address.evaluate import compare, found_spans, read_labelled
    from postloan.address.mistakes import mistakes
    from postloan.cli.given import read_text

    screen = Screen(lang, json=as_json)
    addresses = read_labelled(read_text(file))
    spans = found_spans(addresses, mode.value, weights.value)
    found, wrong = compare(addresses, spans), mistakes(addresses, spans, worst)
    scores = {**found.by_label, "all": found.overall}
    if as_json:
        screen.json(
            {
                "addresses": found.size,
                "exact": found.exact,
                "scores": {
                    label: {
                        "precision": round(s.precision, 4), "recall": round(s.recall, 4), "f1": round(s.f1, 4),
                        "right": s.right, "found": s.found, "gold": s.gold,
                    }
                    for label, s in scores.items()
                },
                "worst": [{"text": one.text, "gold": one.gold, "found": one.found} for one in wrong.worst],
                "mistakes": dict(wrong.kinds) if worst else {},
            }
        )  # fmt: skip
    screen.table(
        screen.text(
            f"{found.size:,} addresses, {found.exact:,} right in every span, {mode.value}, {weights.value}",
            f"{found.size:,} 个地址，{found.exact:,} 个全部正确，{mode.value}，{weights.value}",
        ),
        (
            ["label", "precision %", "recall %", "F1 %", "spans"]
            if screen.lang == "en"
            else ["标签", "精确率 %", "召回率 %", "F1 %", "要素数"]
        ),
        [
            (label, 100 * score.precision, 100 * score.recall, 100 * score.f1, score.gold)
            for label, score in scores.items()
        ],
        right=(1, 2, 3, 4),
    )
    if worst:
        _show_mistakes(screen, wrong)


def _show_mistakes(screen: Screen, wrong: Mistakes) -> None:
    title = screen.text("Mistakes by kind (right > found)", "错误类型（应为 > 实为）")
    head = ["kind", "addresses"] if screen.lang == "en" else ["类型", "次数"]
    screen.table(title, head, [(kind, count) for kind, count in wrong.kinds[:MOST_KINDS]], right=(1,))
    for one in wrong.worst:
        screen.say(one.text)
        for name, parts in (
            (screen.text("right", "应为"), one.gold),
            (screen.text("found", "实为"), one.found),
        ):
            screen.say(f"  {name}  " + " | ".join(f"{text} {label}" for text, label in parts))


@app.command()
def train(
    data: Annotated[
        Path, typer.Option("--data", help="Folder with train.txt and dev.txt, or a training file.")
    ],
    places: Annotated[Path, typer.Option("--places", help="The package china-division 2.7.0 (.tgz) of npm.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for checkpoints, weights and the model card.")],
    dev: Annotated[
        Path | None, typer.Option("--dev", help="File to choose by; dev.txt beside the data.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same weights.")] = 1,
    only: Annotated[str, typer.Option("--only", help="One of the weights, for example clean-fast.")] = "",
    others: Annotated[
        Path | None, typer.Option("--others", help="Addresses text:label|text:label to measure on as well.")
    ] = None,
    lang: LangOption = LangChoice.en,
    quiet: QuietOption = False,
) -> None:
    """Train the tagger from labelled files on one core, without an accelerator; goes on where it was stopped."""
    from datetime import UTC, datetime

    from postloan.adapters.files_whole import make_folder
    from postloan.kernel import InputError

    training = data / "train.txt" if data.is_dir() else data
    dev = dev or training.with_name("dev.txt")
    _must_be_there(training, dev, places, others)
    try:
        from postloan.address.training.run import run_training
    except ModuleNotFoundError as error:
        raise InputError(
            what=f"{error.name} is not installed",
            where="address train",
            mend="Install it with: pip install 'postloan[train]'.",
        ) from error
    screen = Screen(lang, quiet=quiet)
    make_folder(out)
    report = run_training(
        train=training,
        dev=dev,
        places=places,
        out=out,
        seed=seed,
        others=others,
        only=tuple(only.split(",")) if only else (),
        on=datetime.now(UTC).date(),
        say=screen.say,
    )
    for name, score in report.items():
        screen.say(f"{name}: F1 {100 * score:.2f}")


@app.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", help="The network address to answer on; this machine only, if left out.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to answer on; 0 for any.")
    ] = 8001,
    lang: LangOption = LangChoice.en,
) -> None:
    """Serve a page that reads addresses: coloured elements, divisions, alternatives."""
    from importlib import import_module

    # the other face, named as ``app.COMMANDS`` names it: neither face is built on the other
    import_module("postloan.web.address_app").serve_addresses(host, port, Screen(lang).lang)


def _must_be_there(*files: Path | None) -> None:
    from postloan.cli.given import UnreadableFile

    for path in files:
        if path is not None and not path.is_file():
            raise UnreadableFile(path=path, why="there is no such file")


for _command in (compare, match, grade):
    app.command()(_command)
