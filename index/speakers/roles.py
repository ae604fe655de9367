"""Across documents: which names are one person's, which are nobody's, and what offices people are named with."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from index.dates import first_day, last_day
from index.speakers.countries import plain
from index.speakers.names import is_person, same_people, same_spelling, without_honorific, words
from index.speakers.offices import HEADS, Survey, office_words, offices_of, survey
from index.speakers.vocabulary import HEADLINE_VERBS, HONORIFICS, NOT_NAMES, ROLES, SMALL_WORDS
from index.types import Basis, Document, Paragraph, Role, Speaker

# Roles kept a person, the most mentioned first; names kept that are much like theirs and somebody else's.
_MOST_ROLES = 12
_MOST_LOOKALIKES = 8
_LONGEST_OFFICE = 12
# An office named less often than this share of somebody's commonest is another's, named just before.
_LEAST_SHARE = 0.01
# Where a text names somebody whom a label there calls by the surname, that says more than a name elsewhere.
_TOGETHER = 10
_SAME_OFFICE = 5
_DOMINANCE = 3
_CLEARLY_MORE = 10
# Characters of a document read for the words that stand in it in small letters.
_FOR_WORDS = 3_000
# A country is somebody's own where what they say is in documents that name it so many times as often as any other.
_HOME = 1.5
# How alike two spellings of one name are, of 100: "Jacinda Arden", "Jacinda Ardern", for one country.
_ALIKE = 92
_TITLE_ALIKE = 88
_LIKE_ANOTHER = 80
_PLAIN_HONORIFICS = frozenset("mr mrs ms miss".split())
_TITLES = sorted(ROLES | HONORIFICS)
_LONGEST_NAME = 4
_I_AM = frozenset({"I’m", "I'm"})

Surveyed = dict[tuple[tuple[str, ...], tuple[str, ...], str | None], "_Days"]


@dataclass(slots=True)
class _Days:
    """First and last day of the documents that mention something, and how many times they do."""

    first: str | None = None
    last: str | None = None
    mentions: int = 0

    def add(self, other: "_Days") -> None:
        days = [day for day in (self.first, other.first) if day]
        self.first = min(days, default=None)
        self.last = max((day for day in (self.last, other.last) if day), default=None)
        self.mentions += other.mentions


@dataclass(slots=True)
class Collection:
    """What is learnt of names document by document; `people` says at the end who is who."""

    names: Counter[str] = field(default_factory=Counter)
    """Sentences of every name that speaks."""
    _records: dict[str, str | None] = field(default_factory=dict)  # speakers that records name, with their country
    _labels: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _labels_of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _offices: Surveyed = field(default_factory=dict)
    _together: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _countries: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _small: set[str] = field(default_factory=set)
    _heard: set[str] = field(default_factory=set)  # names that a label or a cue gives, not a title alone

    def add(self, document: Document, paragraphs: Sequence[Paragraph], seen: Survey | None = None) -> None:
        """Take in one document whose sentences have their speakers; `seen` is its survey, where that is known."""
        seen = seen or survey(document)
        here = self._speakers(document, paragraphs)
        self.names += here
        first, last = (first_day(document.date), last_day(document.date)) if document.date else (None, None)
        if document.speaker:
            self._record(document, document.speaker, _Days(first, last, 1))
        bare = {plain(name) for name in here if len(words(name)) == 1}
        unnamed = {name: set(office_words(name)) for name in here if name.startswith("The ")}
        for named, times in seen.named:
            if named.office:
                self._mention(named.name, named.office, named.country, _Days(first, last, times))
                for name, office in unnamed.items():
                    if named.name and office == set(office_words(" ".join(named.office))):
                        self._together[name.lower()][" ".join(named.name)] += times
            if len(named.name) > 1 and (surname := plain(named.name[-1])) in bare:
                self._together[surname][" ".join(named.name[-_LONGEST_NAME:])] += times
        for name in here:
            self._countries[name].update(dict(seen.countries))
        self._small.update(re.findall(r"\b[a-z]{3,}\b", document.text[:_FOR_WORDS]))

    def _speakers(self, document: Document, paragraphs: Sequence[Paragraph]) -> Counter[str]:
        found: Counter[str] = Counter()
        for paragraph in paragraphs:
            for sentence in paragraph.sentences:
                speech = sentence.speech
                if speech:
                    found[speech.speaker] += 1
                    if speech.basis is not Basis.METADATA:
                        self._heard.add(speech.speaker)
                    if speech.basis is Basis.LABEL and speech.evidence:
                        label = document.text[slice(*speech.evidence)]
                        self._labels[label.lower()][speech.speaker] += 1
                        self._labels_of[speech.speaker].add(label)
        return found

    def _record(self, document: Document, speaker: str, days: _Days) -> None:
        name = without_honorific(speaker)
        self._records.setdefault(name, None)
        for office, country in offices_of(document.role or ""):
            self._mention(tuple(name.split()), office, country, days)
            self._records[name] = country or self._records[name]

    def _mention(self, name: tuple[str, ...], office: tuple[str, ...], country: str | None, days: _Days) -> None:
        self._offices.setdefault((name, office, country), _Days()).add(days)

    def people(self) -> dict[str, Speaker | None]:
        """Whom every name that speaks means; None where it is nobody's name."""
        return _Naming(self).people()


class _Naming:
    """Settles who is who, once everything was read."""

    def __init__(self, seen: Collection) -> None:
        self._seen = seen
        self._named: Counter[str] = Counter()
        self._titles: defaultdict[str, set[str]] = defaultdict(set)
        self._held: defaultdict[str, set[tuple[str | None, str]]] = defaultdict(set)
        for (name, office, country), days in seen._offices.items():
            for start in range(max(0, len(name) - _LONGEST_NAME), len(name) - 1):
                full = " ".join(name[start:])
                self._named[full] += days.mentions
                said = office_words(" ".join(office))
                self._titles[_key(full)].update(said)
                self._held[_key(full)].update((country, head) for head in HEADS.intersection(said))
        self._by_last: defaultdict[str, set[str]] = defaultdict(set)
        for full in {*self._named, *(name for name in seen.names if len(words(name)) > 1)}:
            if is_person(full):
                self._by_last[plain(full.split()[-1])].add(full)

    def people(self) -> dict[str, Speaker | None]:
        meant = {name: self._meant(name) for name in self._seen.names}
        meant |= self._misspelt(meant)
        weights: Counter[str] = Counter()
        for name, person in meant.items():
            if person:
                weights[person] += self._seen.names[name]
        same = same_people(weights, bare=False)
        same |= self._same_of_country(weights, same)
        found: dict[str, Speaker | None] = {}
        aliases: defaultdict[str, set[str]] = defaultdict(set)
        for name, person in meant.items():
            speaker = same.get(person, Speaker(person)) if person else None
            found[name] = speaker
            if speaker:
                # "Biden Made" is no name that somebody asks by.
                used = {name} if self._tidy(name) == name else set()
                aliases[speaker.name].update(used | {person or name, *speaker.aliases} - {speaker.name})
                aliases[speaker.name].discard(speaker.name)
        whole = {name: Speaker(name, tuple(sorted(others))) for name, others in aliases.items()}
        roles = self._roles(list(whole.values()))
        whole = {name: replace(speaker, roles=roles.get(name, ())) for name, speaker in whole.items()}
        whole = {name: replace(speaker, lookalikes=self._lookalikes(speaker)) for name, speaker in whole.items()}
        return {name: speaker and whole[speaker.name] for name, speaker in found.items()}

    # One name

    def _meant(self, name: str) -> str | None:
        """The name of the person meant, as full as the documents have it; None where it is nobody's."""
        if name in self._seen._records:
            return self._of_record(name)
        by_label = self._of_label(name)
        if by_label:
            return by_label
        tidy = self._tidy(name)
        parts = words(tidy)
        if not parts or self._is_heading(tidy):
            return None if self._may_drop(name) else name
        if len(parts) == 1 and len(tidy.split()) == 1:
            return self._in_full(name, tidy)
        return tidy

    def _of_record(self, name: str) -> str:
        """A record's name; where that is a surname, the full name in the records of the same country."""
        parts, country = words(name), self._seen._records[name]
        if len(parts) > 1 or not country:
            return name
        others = [other for other, where in self._seen._records.items() if where == country and other != name]
        fuller = [other for other in others if words(other)[-1:] == parts and len(other) > len(name)]
        return fuller[0] if len(fuller) == 1 else name

    def _of_label(self, name: str) -> str | None:
        """Whom the documents that say no more than "THE PRESIDENT" call so, or whom the label means elsewhere."""
        label = name.lower()
        if not label.startswith("the "):
            return None
        meant: Counter[str] = Counter()
        for who, count in (self._seen._together[label] or self._seen._labels[label]).items():
            full = self._in_full(who, who) if len(who.split()) == 1 else who
            if full and who != name:
                meant[_key(full) and full] += count
        ranked = meant.most_common(2)
        clear = ranked and (len(ranked) == 1 or ranked[0][1] >= _DOMINANCE * ranked[1][1])
        return ranked[0][0] if clear else None

    def _tidy(self, name: str) -> str:
        """A name without a misspelt title, or the words of an office or a headline, around it."""
        parts = name.split()
        while len(parts) > 1 and (_is_title(parts[0]) or parts[0] in _I_AM):
            parts = parts[1:]
        if len(parts) > 1 and parts[1].lower() in HEADLINE_VERBS and _is_word(parts[1], self._seen._small):
            parts = parts[:1]
        for start in range(len(parts) - 2, 0, -1):
            rest = " ".join(parts[start:])
            if all(_is_word(part, self._seen._small) for part in parts[start:]):
                continue
            if (self._named[rest] or rest in self._seen.names) and all(
                _is_word(part, self._seen._small) for part in parts[:start]
            ):
                return rest
        return " ".join(parts)

    def _is_heading(self, name: str) -> bool:
        """Whether a name is words of the language, and nobody is called so with an office."""
        if self._named[name]:
            return False
        parts = name.split()
        if len(parts) > 1:
            return _is_word(parts[-1], self._seen._small)
        named = any(self._named[full] and not self._opens_with_word(full) for full in self._by_last[plain(name)])
        labels = self._seen._labels_of[name]
        headed = bool(labels) and not self._label_titles(name) and self._may_drop(name)
        return _is_title(name) or (_is_word(name, self._seen._small) and (headed or not named))

    def _opens_with_word(self, name: str) -> bool:
        return _is_word(name.split()[0], self._seen._small)

    def _may_drop(self, name: str) -> bool:
        """A label in capitals, "MODERATOR", says who speaks even where that is nobody's name."""
        labels = self._seen._labels_of[name]
        return not any(label.isupper() and len(label) > 2 for label in labels) and name != "Reporter"

    def _in_full(self, name: str, bare: str) -> str | None:
        """The person of this surname whom documents name in full, if one is clearly meant."""
        scores: Counter[str] = Counter()
        spelt: defaultdict[str, set[str]] = defaultdict(set)
        titles = set(office_words(" ".join(self._label_titles(name)))) - _PLAIN_HONORIFICS - {"acting"}
        together = self._seen._together[plain(bare)]
        # In one order: ties must not depend on how a process hashes.
        for full in sorted({*self._by_last[plain(bare)], *together}):
            full_words = full.split()
            while len(full_words) > 1 and (_is_title(full_words[0]) or full_words[0] in _I_AM):
                full_words = full_words[1:]
            full = " ".join(full_words)
            if not same_spelling(full) or not is_person(full) or self._opens_with_word(full):
                continue
            score = self._named[full] + _TOGETHER * together[full]
            if titles & self._titles[_key(full)]:
                score = (score + 1) * _SAME_OFFICE
            spelt[_key(full)].add(full)
            scores[_key(full)] += score
        ranked = [(key, score) for key, score in scores.most_common(2) if score]
        if ranked and (len(ranked) == 1 or ranked[0][1] >= _DOMINANCE * ranked[1][1]):
            # As it speaks elsewhere, or else as it is named most.
            return max(spelt[ranked[0][0]], key=lambda full: (self._seen.names[full], self._named[full], full))
        return bare if ranked or name in self._seen._heard else None

    def _misspelt(self, meant: Mapping[str, str | None]) -> dict[str, str]:
        """Surnames of labels that differ by a slip from one that speaks far more: "Walesnky"."""
        counts: Counter[str] = Counter()
        for name, person in meant.items():
            if person and len(words(person)) > 1:
                counts[person] += self._seen.names[name]
        found = {}
        for name, person in meant.items():
            if not person or len(words(person)) > 1 or len(person) < 6 or name not in self._seen._labels_of:
                continue
            titles = self._label_titles(name)
            near = [
                full
                for full, count in counts.items()
                if full.split()[-1][0] == person[0]
                and titles & self._label_titles(*(other for other, who in meant.items() if who == full))
                and OSA.distance(plain(full.split()[-1]), plain(person), score_cutoff=2) <= 2
                and count >= _CLEARLY_MORE * self._seen.names[name]
            ]
            if len(near) == 1:
                found[name] = near[0]
        return found

    def _label_titles(self, *names: str) -> set[str]:
        """The titles in the labels of these names: {"secretary"} of "SECRETARY MAYORKAS"."""
        labels = (label for name in names for label in self._seen._labels_of[name])
        return {word for label in labels for word in re.findall(r"\w+", label.lower()) if word in ROLES | HONORIFICS}

    # People

    def _same_of_country(self, weights: Mapping[str, int], same: Mapping[str, Speaker]) -> dict[str, Speaker]:
        """Names that records of one country spell in nearly one way."""
        by_country: defaultdict[str, list[str]] = defaultdict(list)
        for name, country in self._seen._records.items():
            if country and name in weights and name in same and same[name].name not in by_country[country]:
                by_country[country].append(same[name].name)
        merged: dict[str, str] = {}
        for names in by_country.values():
            ranked = sorted(names, key=lambda name: (-weights[name], name))
            for place, name in enumerate(ranked):
                near = next((other for other in ranked[:place] if _alike(name, other)), None)
                if near:
                    merged[name] = merged.get(near, near)
        found = {}
        for name, speaker in same.items():
            kept = merged.get(speaker.name)
            if kept:
                found[name] = Speaker(kept, (*speaker.aliases, speaker.name))
        return found

    def _roles(self, speakers: Sequence[Speaker]) -> dict[str, tuple[Role, ...]]:
        owners: defaultdict[str, set[str]] = defaultdict(set)
        surnames: defaultdict[str, set[str]] = defaultdict(set)
        for speaker in speakers:
            for name in (speaker.name, *speaker.aliases):
                parts = words(name)
                if len(name.split()) > 1:
                    owners[plain(name)].add(speaker.name)  # "King Tupou VI" has one word that is no title
                if len(parts) > 1:
                    owners[_key(name)].add(speaker.name)
                    owners[" ".join(map(plain, parts))].add(speaker.name)
                if parts:
                    surnames[plain(parts[-1])].add(speaker.name)
        found: defaultdict[str, dict[tuple[str, str | None], _Days]] = defaultdict(dict)
        alone = []
        for (who, office, country), days in self._seen._offices.items():
            said = office_words(" ".join(office))
            person, extra = _owner(who, owners)
            # "Crown Prince Mohammed bin Salman" is not a Salman who holds the office.
            if person and all(word.isupper() or _is_word(word, self._seen._small) for word in extra):
                _add(found[person], (*said, *map(plain, extra)), country, days)
            elif len(who) == 1:
                alone.append((who[0], said, country, days))
        for surname, said, country, days in alone:
            people = {
                person for person in surnames.get(plain(surname), ()) if self._may_hold(person, said, country, found)
            }
            if len(people) == 1:
                _add(found[people.pop()], said, country, days)
        names = {speaker.name: (speaker.name, *speaker.aliases) for speaker in speakers}
        return {person: tuple(self._of_person(names[person], offices)) for person, offices in found.items()}

    def _may_hold(
        self,
        person: str,
        office: Sequence[str],
        country: str | None,
        found: Mapping[str, Mapping[tuple[str, str | None], _Days]],
    ) -> bool:
        """Whether an office beside a surname is one that the person has beside the full name, or in a label."""
        heads = HEADS.intersection(office)
        countries = {where for _, where in found.get(person, ()) if where}
        if country and countries and country not in countries:
            return False
        known = any(heads.intersection(words_.split()) for words_, _ in found.get(person, ()))
        return known or bool(heads & {*office_words(" ".join(self._label_titles(person)))})

    def _of_person(self, aliases: Iterable[str], offices: Mapping[tuple[str, str | None], _Days]) -> Iterator[Role]:
        """The offices of a person, each with a country where the documents leave no doubt which."""
        said: Counter[str] = Counter()
        for (_, country), days in offices.items():
            if country:
                said[country] += days.mentions
        home = said.most_common(1)[0][0] if said else self._home(aliases)
        summed: dict[tuple[str, str | None], _Days] = {}
        for (office, country), days in offices.items():
            summed.setdefault((office, country or home), _Days()).add(days)
        ranked = sorted(summed.items(), key=lambda item: (-item[1].mentions, item[0][0]))
        least = ranked[0][1].mentions * _LEAST_SHARE if ranked else 0
        for (office, country), days in [item for item in ranked if item[1].mentions >= least][:_MOST_ROLES]:
            yield Role(office, country, days.first, days.last, days.mentions)

    def _home(self, aliases: Iterable[str]) -> str | None:
        """The country that the documents somebody speaks in name far more than any other."""
        seen: Counter[str] = Counter()
        for name in aliases:
            seen += self._seen._countries[name]
        ranked = seen.most_common(2)
        clear = ranked and (len(ranked) == 1 or ranked[0][1] >= _HOME * ranked[1][1])
        return ranked[0][0] if clear else None

    def _lookalikes(self, speaker: Speaker) -> tuple[str, ...]:
        """Surnames of other people that are easily taken for a slip in this one."""
        own = words(speaker.name)
        if not own or len(own[-1]) < 5:
            return ()
        mine = {plain(words(name)[-1]) for name in (speaker.name, *speaker.aliases) if words(name)}
        near = {last for last in self._near(plain(own[-1])) if last not in mine and self._others_named(last, speaker)}
        return tuple(sorted(near))[:_MOST_LOOKALIKES]

    def _near(self, last: str) -> Iterator[str]:
        return (other for other in self._surnames_by_initial[last[0]] if fuzz.ratio(last, other) >= _LIKE_ANOTHER)

    def _others_named(self, last: str, speaker: Speaker) -> bool:
        """Whether a surname is another person's than this speaker's, who may be spelt two ways: "Lukashenko"."""
        named = [full for full in self._by_last[last] if self._named[full]]
        mine = {(role.country, head) for role in speaker.roles for head in HEADS.intersection(role.words.split())}
        return any(not mine & self._held[_key(full)] for full in named)

    @property
    def _surnames_by_initial(self) -> Mapping[str, list[str]]:
        if not hasattr(self, "_initials"):
            self._initials: defaultdict[str, list[str]] = defaultdict(list)
            for last in self._by_last:
                self._initials[last[:1]].append(last)
        return self._initials


def _owner(name: tuple[str, ...], owners: Mapping[str, set[str]]) -> tuple[str | None, tuple[str, ...]]:
    """(person, words before the name) of whom a mention in full means: the longest end of it that is one's name."""
    for start in range(len(name) - 1):
        rest = " ".join(name[start:])
        forms = (plain(rest), " ".join(map(plain, words(rest))), _key(rest))
        people = next((owners[form] for form in forms if " " in form and form in owners), None)
        if people and len(people) == 1:
            return next(iter(people)), name[:start]
    return None, ()


def _add(offices: dict[tuple[str, str | None], _Days], office: Sequence[str], country: str | None, days: _Days) -> None:
    role = tuple(dict.fromkeys(office))
    if HEADS.intersection(role) and len(role) <= _LONGEST_OFFICE and not HEADLINE_VERBS.intersection(role):
        offices.setdefault((" ".join(role), country), _Days()).add(days)


def _alike(name: str, other: str) -> bool:
    return fuzz.ratio(plain(name), plain(other)) >= _ALIKE


def _key(name: str) -> str:
    """First and last word of a name in plain form, its short form in full: whom two spellings of it may both mean."""
    return " ".join(same_spelling(name) or ())


def _is_title(word: str) -> bool:
    """Whether a word is a title, or one with a slip in it: "Adminstrator"."""
    low = word.lower().strip(".,")
    if low in ROLES or low in HONORIFICS:
        return True
    return len(low) >= 7 and any(fuzz.ratio(low, title) >= _TITLE_ALIKE for title in _TITLES if len(title) >= 7)


def _is_word(word: str, small: set[str]) -> bool:
    """Whether a word stands in the documents in small letters, and so opens or ends no name."""
    low = word.lower().strip(".,’'")
    return low in small or low in NOT_NAMES or low in SMALL_WORDS
