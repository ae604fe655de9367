"""Who speaks in each sentence, and how we know: labels, metadata, cues, and statements carried on."""

from index.speakers.attribution import REPORTER, attribute
from index.speakers.names import looks_like_person, same_people
from index.speakers.names import words as name_words

__all__ = ["REPORTER", "attribute", "looks_like_person", "name_words", "same_people"]
