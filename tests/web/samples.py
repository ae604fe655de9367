"""A few documents that hold what a page must get right: several speakers, rare characters, and hostile text."""

from index.types import Document

BRIEFING = Document(
    id="briefing",
    title="Foreign Ministers Meet in Moscow",
    date="2020-09-11",
    source="briefings/2020-09-11.html",
    url="https://example.org/briefing",
    text=(
        "The two ministers met in Moscow on the margins of the council.\n\n"
        "Wang Yi: Vaccines developed in China will be made a global public good. "
        "We will first provide vaccines to developing countries that need them most. "
        "No country should be left behind in vaccines distribution.\n\n"
        "Lavrov said that Russia registered the first vaccine in August. "
        "Trials with volunteers of all ages go on in Moscow.\n\n"
        "The ministers also talked about trade."
    ),
)

CLIMATE = Document(
    id="climate",
    title="Remarks on Climate Finance",
    date="2021-04",
    source="remarks/climate.txt",
    text=(
        "Kerry: Climate finance must reach one hundred billion dollars a year. We are behind, and everybody knows it."
    ),
)

RARE = Document(
    id="rare",
    title="Rare Characters",
    source="rare.txt",
    text=(
        "\n\nMet at 𠮷野家 🍜 with 𝒇riends.\r\nSecond line 🙂 of it.\n\n"
        "Ōno: The noodle treaty 🍜 stands & nobody <leaves> it.\n \t\n\n"
        "Third paragraph, after a ragged gap 🙃."
    ),
)

HOSTILE = Document(
    id="hostile",
    title='<script>window.__xss = 1</script> & "quoted"',
    date="2022",
    source='x" onmouseover="window.__xss=1.txt',
    url="javascript:window.__xss=1",
    publisher='<img src=x onerror="window.__xss=1"> & Sons',
    text=(
        "Mallory: Inject <script>window.__xss = 1</script> payload markup here. "
        '<img src=x onerror="window.__xss=1"> payload markup again.'
    ),
)

PACT = Document(
    id="pact",
    title="On the Noodle Pact",
    date="2019-04-12",
    source="pact.txt",
    text="Lu Kang: 🍜 To date, 36 <b>kitchens</b> 🙂 have joined the pact. We welcome others.",
)

MIRROR = Document(
    id="mirror",
    title="<b>Mirrored</b>",
    date="2019-04-13",
    source="mirror.txt",
    publisher="<i>The Mirror</i> & Sons",
    text=PACT.text.replace("36 <b>", "36   <b>"),
)

DOCUMENTS = (BRIEFING, CLIMATE, RARE, HOSTILE, PACT, MIRROR)
