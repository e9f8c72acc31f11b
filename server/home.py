"""The one page a person sees who opens the server's address in a browser."""

from __future__ import annotations

import html

from twin.text import Language, say


def home_page(language: Language, source: str, url: str) -> str:
    """Return the page: what this is, how to watch, how the server does.

    Args:
        language: Of the texts.
        source: What is run.
        url: The server's address, ending in a slash.
    """
    title = html.escape(say("server.home.title", language))
    what = html.escape(say("server.home.what", language, source=source))
    how = html.escape(
        say("server.home.how", language, url=url.replace("http", "ws", 1) + "ws")
    )
    health = html.escape(say("server.home.health", language))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f"<title>{title}</title><h1>{title}</h1><p>{what}</p><p>{how}</p>"
        f'<p><a href="/health">{health}</a></p></html>'
    )
