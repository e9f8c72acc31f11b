"""The window's style sheet, from the same colours as the picture."""

from __future__ import annotations

from viewer.display import ABORTED, EXECUTE, SELECTED, THEMES, Rgb, ThemeName


def style_sheet(theme_name: ThemeName) -> str:
    """Return Qt's style sheet for a theme."""
    theme = THEMES[theme_name]
    day = theme_name == "day"
    raised = (0xF6, 0xF8, 0xFA) if day else (0x2E, 0x36, 0x3E)
    border = (0xD0, 0xD8, 0xDF) if day else (0x3C, 0x46, 0x4F)
    chosen = (0xF6, 0xE4, 0xEE) if day else (0x4A, 0x33, 0x40)
    return f"""
QWidget {{ background: {_hex(theme.panel)}; color: {_hex(theme.text)};
    font-family: "DejaVu Sans", "Noto Sans", "Segoe UI", sans-serif;
    font-size: 12px; }}
QToolTip {{ background: {_hex(raised)}; color: {_hex(theme.text)};
    border: 1px solid {_hex(border)}; padding: 3px; }}
QSplitter::handle {{ background: {_hex(border)}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QTreeWidget, QListWidget, QTableWidget {{ border: none; outline: none; }}
QTreeWidget::item, QListWidget::item {{ padding: 2px 0; }}
QTreeWidget::item:selected, QListWidget::item:selected {{
    background: {_hex(chosen)}; color: {_hex(theme.text)};
    border-left: 3px solid {_hex(SELECTED)}; }}
QLabel#title {{ font-size: 16px; font-weight: bold; }}
QLabel#title[muted="true"] {{ font-size: 12px; font-weight: normal;
    color: {_hex(theme.muted)}; }}
QLabel#heading {{ font-weight: bold; color: {_hex(theme.muted)};
    padding: 8px 10px 4px 10px; }}
QLabel#name {{ font-size: 14px; font-weight: bold; }}
QLabel#clock {{ font-size: 18px; font-weight: bold; }}
QLabel#numbers, QLabel#note {{ color: {_hex(theme.muted)}; }}
QLabel#link {{ color: {_hex(EXECUTE)}; font-weight: bold; }}
QLabel#link[fresh="false"] {{ color: {_hex(ABORTED)}; }}
QLabel#stale {{ background: {_hex(ABORTED)}; color: #FFFFFF; font-weight: bold;
    font-size: 13px; padding: 5px 12px; }}
QPushButton, QComboBox {{ background: {_hex(raised)};
    border: 1px solid {_hex(border)}; border-radius: 5px; padding: 4px 9px; }}
QPushButton:hover, QComboBox:hover {{ border-color: {_hex(SELECTED)}; }}
QPushButton:disabled {{ color: {_hex(border)}; }}
QPushButton:checked {{ border-color: {_hex(SELECTED)}; background: {_hex(chosen)}; }}
QPushButton#stop {{ background: {_hex(ABORTED)}; color: #FFFFFF; font-weight: bold;
    border-color: {_hex(ABORTED)}; }}
QPushButton#stop:disabled {{ background: {_hex(raised)}; color: {_hex(border)};
    border-color: {_hex(border)}; }}
QWidget#trainer QPushButton {{ padding: 5px 4px; }}
QLabel#subheading {{ font-weight: bold; color: {_hex(theme.muted)};
    padding: 6px 0 0 0; }}
QLineEdit {{ background: {_hex(raised)}; border: 1px solid {_hex(border)};
    border-radius: 5px; padding: 3px 6px; }}
QComboBox {{ padding-right: 14px; }}
QComboBox QAbstractItemView {{ background: {_hex(raised)};
    selection-background-color: {_hex(chosen)};
    selection-color: {_hex(theme.text)}; }}
QScrollBar:vertical {{ background: transparent; width: 9px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {_hex(border)}; border-radius: 4px;
    min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QWidget#bar, QWidget#controls {{ border: none; }}
"""


def _hex(colour: Rgb) -> str:
    return f"#{colour[0]:02X}{colour[1]:02X}{colour[2]:02X}"
