"""Qt style sheet made from the palette: flat fills, 1 px lines, radius 4 on controls.

Widgets say what they are by the dynamic property ``role`` (and ``state``); nothing else is
styled by hand.
"""

from farlead_ui.theme.fonts import FAMILY
from farlead_ui.theme.tokens import (
    BODY,
    CLOCK,
    FIGURE,
    META,
    PATIENT,
    SECTION,
    WORDS,
    Palette,
    Type,
)


def stylesheet(palette: Palette) -> str:
    """The whole sheet for one look."""
    p = palette
    return f"""
* {{ font-family: "{FAMILY}"; font-size: {BODY.size}px; color: {p.text}; }}
QMainWindow, QWidget[role="window"] {{ background: {p.window}; }}
QWidget[role="panel"] {{ background: {p.panel}; }}
QWidget[role="line"] {{ background: {p.line}; }}
QToolTip {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.edge}; padding: 4px; }}

{_types()}
QLabel {{ background: transparent; }}
QLabel[tone="quiet"] {{ color: {p.quiet}; }}
QLabel[tone="accent"] {{ color: {p.accent}; }}
QLabel[tone="critical"] {{ color: {p.critical}; }}
QLabel[tone="urgent"] {{ color: {p.urgent}; }}
QLabel[tone="done"] {{ color: {p.done}; }}
QLabel[role="key"] {{ border: 1px solid {p.edge}; border-radius: 3px; padding: 0 5px;
    font-size: {META.size}px; color: {p.text}; background: {p.panel}; }}
QLabel[role="chip"] {{ background: {p.urgent}; color: {p.on_urgent}; font-weight: bold;
    border-radius: 4px; padding: 1px 8px; font-size: {WORDS.size}px; }}

QPushButton {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.edge};
    border-radius: 4px; padding: 0 10px; min-height: 34px; max-height: 34px; font-weight: bold; }}
QPushButton:hover {{ background: {p.tint}; }}
QPushButton:focus {{ border: 2px solid {p.accent}; padding: 0 9px; min-height: 32px;
    max-height: 32px; }}
QPushButton:disabled {{ color: {p.quiet}; border-color: {p.line}; background: {p.panel}; }}
QPushButton[role="first"] {{ background: {p.accent}; color: {p.on_accent};
    border-color: {p.accent}; }}
QPushButton[role="first"]:disabled {{ background: {p.panel}; color: {p.quiet};
    border-color: {p.line}; }}
QPushButton QLabel[part="word"] {{ font-weight: bold; }}
QPushButton QLabel[part="cap"] {{ font-size: {META.size}px; }}
QPushButton[role="choice"] {{ font-weight: normal; text-align: left; }}
QPushButton[role="choice"]:checked {{ background: {p.tint}; border: 1px solid {p.accent};
    font-weight: bold; }}
QPushButton[role="alarm"] {{ border-color: {p.critical}; }}
QPushButton[role="alarm"] QLabel {{ color: {p.critical}; }}
QPushButton[role="alarm"]:disabled {{ border-color: {p.line}; }}
QPushButton[role="alarm"] QLabel:disabled {{ color: {p.quiet}; }}
QPushButton[role="answer"] {{ font-weight: normal; font-size: {WORDS.size}px; text-align: left;
    padding: 0 6px; }}
QPushButton[role="answer"]:checked {{ background: {p.tint}; border: 1px solid {p.accent};
    font-weight: bold; }}
QPushButton[role="answer"]:focus {{ border: 2px solid {p.accent}; padding: 0 5px; }}
QPushButton[role="first"] QLabel {{ color: {p.on_accent}; }}
QPushButton QLabel:disabled {{ color: {p.quiet}; }}
QPushButton[role="quiet"] {{ border-color: transparent; background: transparent;
    font-weight: normal; font-size: {WORDS.size}px; min-height: 26px; max-height: 26px;
    padding: 0 6px; }}
QPushButton[role="quiet"]:hover {{ background: {p.tint}; }}
QPushButton[role="quiet"]:focus {{ border: 1px solid {p.accent}; padding: 0 6px; }}
QPushButton[role="tab"] {{ border: 0; border-bottom: 2px solid transparent; border-radius: 0;
    background: {p.panel}; color: {p.quiet}; font-weight: normal; min-height: 34px;
    max-height: 34px; padding: 0; }}
QPushButton[role="tab"]:checked {{ color: {p.accent}; font-weight: bold;
    border-bottom: 2px solid {p.accent}; }}
QPushButton[role="tab"]:focus {{ background: {p.tint}; }}

QLineEdit, QPlainTextEdit {{ background: {p.panel}; color: {p.text};
    border: 1px solid {p.edge}; border-radius: 4px; selection-background-color: {p.accent};
    selection-color: {p.on_accent}; placeholder-text-color: {p.quiet}; }}
QLineEdit {{ min-height: 34px; max-height: 34px; padding: 0 10px; }}
QPlainTextEdit {{ padding: 4px 6px; }}
QLineEdit:focus {{ border: 2px solid {p.accent}; min-height: 32px; max-height: 32px;
    padding: 0 9px; }}
QPlainTextEdit:focus {{ border: 2px solid {p.accent}; padding: 3px 5px; }}
QLineEdit:disabled, QPlainTextEdit:disabled {{ background: {p.window}; color: {p.quiet};
    border-color: {p.line}; }}

QScrollArea, QScrollArea > QWidget > QWidget[role="panel"] {{ background: {p.panel}; border: 0; }}
QAbstractItemView {{ background: {p.panel}; border: 0; outline: 0; }}
QHeaderView {{ background: {p.panel}; border: 0; }}
QHeaderView::section {{ background: {p.panel}; color: {p.quiet}; border: 0;
    border-bottom: 1px solid {p.edge}; padding: 4px 10px; font-size: {META.size}px; }}
QTableView {{ selection-background-color: {p.tint}; selection-color: {p.text}; }}
QTableView::item {{ padding: 0 10px; border-bottom: 1px solid {p.line}; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {p.line}; min-height: 32px; border-radius: 2px;
    margin: 0 2px; }}
QScrollBar::handle:vertical:hover {{ background: {p.edge}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent; height: 0; }}
QMenu {{ background: {p.panel}; border: 1px solid {p.edge}; padding: 4px 0; }}
QMenu::item {{ padding: 5px 24px 5px 12px; font-size: {WORDS.size}px; }}
QMenu::item:selected {{ background: {p.accent}; color: {p.on_accent}; }}
QMenu::item:checked {{ font-weight: bold; }}
QMenu::indicator {{ width: 0; }}

QFrame[role="overlay"] {{ background: {p.panel}; border: 1px solid {p.edge}; }}
QFrame[role="candidates"] {{ background: {p.panel}; border: 1px solid {p.edge}; }}
QFrame[role="notice"] {{ background: {p.panel}; border: 1px solid {p.edge}; border-radius: 4px; }}
QFrame[role="notice"][state="trouble"] {{ border-color: {p.urgent}; }}
QFrame[role="notice"][state="done"] {{ border-color: {p.done}; }}
QFrame[role="review"] {{ background: {p.tint}; border-bottom: 1px solid {p.accent}; }}
QFrame[role="review"][state="changed"] {{ border-bottom: 1px solid {p.urgent}; }}
QComboBox {{ background: {p.panel}; border: 1px solid {p.edge}; border-radius: 4px;
    min-height: 32px; padding: 0 8px; }}
QWidget[role="cases"] {{ background: {p.critical_tint}; border-bottom: 1px solid {p.critical}; }}
QWidget[role="cases"] QLabel {{ font-size: {WORDS.size}px; }}
QWidget[role="cases"] QLabel[part="title"] {{ color: {p.critical}; font-weight: bold; }}
QPushButton[role="case"] {{ background: transparent; border: 1px solid {p.critical};
    font-size: {WORDS.size}px; min-height: 22px; max-height: 22px; padding: 0 8px; }}
QPushButton[role="case"]:hover {{ background: {p.panel}; }}
QWidget[role="outage"] {{ background: {p.urgent}; }}
QWidget[role="outage"][state="back"] {{ background: {p.tint}; }}
QWidget[role="outage"] QLabel[on="away"] {{ color: {p.on_urgent}; }}
QLabel[role="arrivals"] {{ background: {p.panel}; border: 1px solid {p.urgent};
    color: {p.urgent}; font-size: {WORDS.size}px; font-weight: bold; }}
QLabel[role="arrivals"][tone="critical"] {{ border-color: {p.critical}; color: {p.critical}; }}
QWidget[role="case_head"] {{ background: {p.done}; }}
QWidget[role="case_head"][state="running"] {{ background: {p.critical}; }}
QWidget[role="case_head"] QLabel {{ color: {p.on_critical}; }}
QWidget[role="status"] {{ background: {p.window}; }}
QWidget[role="status"] QLabel, QWidget[role="status"] QPushButton {{
    font-size: {META.size}px; }}
"""


def _types() -> str:
    steps: dict[str, Type] = {
        "meta": META,
        "words": WORDS,
        "body": BODY,
        "section": SECTION,
        "patient": PATIENT,
        "figure": FIGURE,
        "clock": CLOCK,
    }
    plain = "\n".join(
        f'QLabel[type="{name}"] {{ font-size: {step.size}px; }}' for name, step in steps.items()
    )
    return plain + '\nQLabel[bold="true"] { font-weight: bold; }'
