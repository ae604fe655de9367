"""Who speaks in each sentence, and how we know: labels, metadata, cues, and statements carried on."""

from index.speakers.attribution import REPORTER, answered_questions, attribute
from index.speakers.names import looks_like_person, same_people
from index.speakers.names import words as name_words
from index.speakers.offices import Survey, survey
from index.speakers.roles import Collection

__all__ = [
    "REPORTER",
    "Collection",
    "Survey",
    "answered_questions",
    "attribute",
    "looks_like_person",
    "name_words",
    "same_people",
    "survey",
]
