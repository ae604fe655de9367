"""Texts for Hypothesis: any characters at all, and lines of the few that decide where a sentence ends."""

from hypothesis import strategies as st

_TRICKY = "aB1. \xa0\u3000\n\t\r\x0b\x0c\x1c\x00?!…。“”\"'()[]é한🙂\u0301\u200d\u200e"


def texts() -> st.SearchStrategy[str]:
    """Unicode texts without lone surrogates, which the sources replace before a document is made."""
    anything = st.text(st.characters(exclude_categories=["Cs"]))
    tricky = st.text(st.sampled_from(_TRICKY), max_size=80)
    long = st.builds(lambda piece, times: piece * times, st.text(st.sampled_from("ab .é"), min_size=5), st.just(500))
    return anything | tricky | long


def words() -> st.SearchStrategy[str]:
    """Few words, so that texts share some and repeat others."""
    return st.sampled_from("trade treaty climate vaccine peace summit border water grain energy".split())
