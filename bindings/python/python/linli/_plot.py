"""Charts of a replay: units, zone and title stand in them, and Chinese names are readable."""

from __future__ import annotations

from collections.abc import Callable

from linli._optional import needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

# Families with Chinese characters, as systems have them; the first that is installed is taken.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
# More names than these cannot be read side by side.
MOST_NAMES = 40


def plot_fonts() -> list[str]:
    """Font families for Matplotlib's `font.family`, so that Chinese labels show no empty boxes.

    The first is Matplotlib's own; behind it stands one with Chinese characters, where the system
    has one. `r.plot()` uses them by itself.

    Needs Matplotlib: `pip install 'linli[plot]'`.
    """
    manager = needed("matplotlib.font_manager", plot_fonts)
    known = {font.name for font in manager.fontManager.ttflist}
    return ["DejaVu Sans", *[name for name in CHINESE if name in known][:1]]


def bars(
    tariffs: list[dict[str, Any]], sessions: int, zones: list[str], by: Callable[..., object]
) -> Any:
    """Each group's amount under each tariff, on new axes."""
    matplotlib, pyplot = needed("matplotlib", by), needed("matplotlib.pyplot", by)
    dates = needed("matplotlib.dates", by)
    names = list(tariffs[0]["groups"])
    days = [_day(name) for name in names]
    is_by_day = None not in days
    with matplotlib.rc_context({"font.family": plot_fonts()}):
        axes = pyplot.subplots(layout="constrained", figsize=(9, 4))[1]
        places = dates.date2num(days) if is_by_day else range(len(names))
        width = 0.8 / len(tariffs)
        for number, tariff in enumerate(tariffs):
            # Bars of one group stand side by side around its place.
            aside = (number - (len(tariffs) - 1) / 2) * width
            heights = [float(tariff["groups"][name]["amount"]) for name in names]
            label = f"{_file(tariff)}: {_amount(tariff)}"
            axes.bar([place + aside for place in places], heights, width, label=label)
        if is_by_day:
            locator = dates.AutoDateLocator()
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
            axes.set_xlabel(f"local day of the start ({', '.join(zones)})")
        elif len(names) <= MOST_NAMES:
            axes.set_xticks(range(len(names)), names, rotation=90)
        else:
            axes.set_xticks([])
            axes.set_xlabel(f"{len(names):,} groups, from {names[0]} to {names[-1]}")
        axes.set_ylabel(f"amount in {tariffs[0]['currency']}")
        axes.set_title(f"Bills of {sessions:,} sessions", loc="left")
        axes.legend(loc="upper right", bbox_to_anchor=(1, 1.12), frameon=False, ncols=2)
        axes.margins(x=0.01)
        axes.spines[["top", "right"]].set_visible(False)
    return axes


def _day(name: str) -> date | None:
    from datetime import date

    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _file(tariff: dict[str, Any]) -> str:
    file = tariff.get("file")
    return file.replace("\\", "/").rsplit("/", 1)[-1] if file else "as assigned"


def _amount(tariff: dict[str, Any]) -> str:
    return f"{tariff['total']} {tariff['currency']}"
