"""The words by which names, titles and places are told apart, in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HONORIFICS = _words("mr mrs ms miss dr sir dame lord lady prof professor hon rev excellency messrs")

# What an office is for: "Secretary of Defense".
FIELDS = _words(
    """
    affairs agriculture budget campaign climate commerce council defence defense department development economic
    education energy environment finance health homeland housing human intelligence interior labor labour
    national research science security services technology trade transportation treasury urban veterans
    """
)
# Offices, ranks, and what stands before or between them: "Acting Deputy Assistant Secretary of State for …".
ROLES = FIELDS | _words(
    """
    acting adjunct administrator admiral adviser advisor ambassador ambassadors assistant associate attorney captain
    ceo chair chairman chairperson chairwoman chancellor chief co-chair co-chairs colonel commander commissioner
    congressman congresswoman councilor councillor counselor counsellor coordinator crown czar deputy director
    director-general doctor doctors economist editor emir envoy ex-president executive first foreign former general
    gov governor governors head high his her honorable honourable incoming interim judge justice king leader leaders
    lieutenant major majesty manager mayor mayors member members minister ministers newsman nominee officer official
    permanent pope premier president presidents president-designate president-elect press prime prince princess
    principal queen rep representative representatives reporter secretary secretaries secretary-general sen senator
    senators senior sergeant sheik sheikh speaker special spokesman spokesperson spokeswoman state strategist sultan
    surgeon taoiseach then-president treasurer undersecretary under-secretary-general vice
    commission federal international nsc union white house
    """
)
SMALL_WORDS = _words("of and for the at to on in with from by or a an")
SUFFIXES = _words("jr sr ii iii iv")

# A capital at the start of a sentence makes these look like a part of the name that follows.
OPENERS = _words(
    """
    after also although and as before both but even for however if in later like meanwhile neither now on once only
    or since so still that the then though today until when where which while with yesterday yet
    """
)

COUNTRIES = _words(
    """
    afghanistan albania algeria andorra angola antigua argentina armenia australia austria azerbaijan bahamas bahrain
    bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia botswana brazil britain brunei bulgaria
    burkina burma burundi cambodia cameroon canada chad chile china colombia comoros congo croatia cuba cyprus czechia
    denmark djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia fiji finland france gabon gambia germany
    ghana greece grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland
    israel italy jamaica japan kazakhstan kenya kiribati korea kosovo kuwait kyrgyzstan laos latvia lebanon lesotho
    liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritania
    mauritius mexico micronesia moldova monaco mongolia montenegro morocco mozambique myanmar namibia nauru nepal
    netherlands nicaragua niger nigeria norway oman pakistan palau palestine panama paraguay peru philippines poland
    portugal qatar romania russia rwanda samoa senegal serbia seychelles singapore slovakia slovenia somalia spain
    sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand timor-leste togo tonga trinidad
    tunisia turkey turkmenistan tuvalu uganda ukraine uruguay uzbekistan vanuatu venezuela vietnam yemen zambia
    zimbabwe america europe africa asia england scotland wales uk u.k us u.s usa eu un nato asean g7 g20
    tibet xinjiang hongkong crimea california texas florida
    """
)
NATIONALITIES = _words(
    """
    afghan african albanian algerian american arab argentine armenian asian australian austrian belarusian belgian
    bolivian brazilian british bulgarian burmese cambodian cameroonian canadian chilean chinese colombian croatian cuban
    cypriot czech danish dutch egyptian emirati english estonian ethiopian european filipino finnish french georgian
    german ghanaian greek hungarian icelandic indian indonesian iranian iraqi irish israeli italian japanese jewish
    jordanian kazakh kenyan korean kuwaiti latvian lebanese libyan lithuanian malaysian mexican moldovan mongolian
    moroccan muslim nepalese nigerian norwegian omani pakistani palestinian peruvian polish portuguese qatari
    romanian russian rwandan saudi scottish serbian singaporean slovak slovenian somali soviet spanish sudanese
    swedish swiss syrian taiwanese tanzanian thai tunisian turkish ugandan ukrainian uzbek venezuelan vietnamese welsh
    yemeni zambian zimbabwean
    """
)
# Cities and buildings that newspapers let speak for their governments.
METONYMS = _words(
    """
    ankara athens baghdad beijing berlin brasilia brussels cairo canberra caracas delhi doha downing geneva hague
    havana islamabad jakarta jerusalem kabul kiev kremlin kyiv london madrid manila moscow nairobi ottawa paris
    pentagon pretoria pyongyang riyadh rome seoul shanghai stockholm taipei tehran tokyo vatican vienna warsaw
    washington
    """
)
# Words that no person is called by, and many an institution, a place, a day or the opening of a sentence is.
NOT_NAMES = (
    COUNTRIES
    | NATIONALITIES
    | SMALL_WORDS
    | _words(
        """
        academy accord act administration action
        agency agenda agreement airport alliance army assembly association authority award
        bank bay bill board bureau cabinet capitol center central centre charter church city club coalition college
        committee community company conference congress constitution convention corporation corps county court
        covenant covid covid-19 day debate declaration democracy domestic democratic democrats district division east
        embassy election emergency event executive-branch fact family federation force forces forum foundation fund
        global government great group hill hong hospital hotel initiative institute island islands journal kingdom
        kong law league left middle ministry mission nation nations navy network new news newspaper north northern
        office order organisation organization pacific pact parliament party pathway people peoples plan plaza
        police policy post program programme project protocol quarter question region report reports republic
        republican republicans right road rule school senate service session sheet silk source sources south southern
        square state-run states street strait studies study summit system taliban team times today tower treaty
        tribune trust united university valley wall war web week west western world year
        monday tuesday wednesday thursday friday saturday sunday january february march april june july august
        september october november december
        second third fourth fifth sixth seventh eighth ninth tenth finally firstly secondly thirdly also
        yesterday tomorrow note however meanwhile moreover this that these those there here it he she we they you i
        who what which when where why how according as if while after before since but so yes no not now then
        answer read thank thanks during about regarding following aboard ahead visit speaks says under upon over
        is are was were be been has have had do does did can could will would should may might must
        my our your its their him them us all both many most much some any each every one two three more less
        asked added still even just only very well yet again once perhaps maybe look let take go come see
        announcing attending celebrating calling commemorating condemning congratulating delivering honoring marking
        meeting nominating touring visiting welcoming
        good dear ladies gentlemen digest q a media inquiry inquiries enquiry enquiries contact contacts
        """
    )
) - frozenset({"may", "march", "april", "june", "august", "georgia", "jordan", "chad", "israel"})

# After a name, these make it an institution's: "the Trump Organization" is not Trump.
INSTITUTIONS = _words(
    """
    academy administration agency alliance army association authority bank board brigade bureau cabinet center centre
    club coalition college committee company conference congress corporation council court department embassy family
    federation forum foundation fund group hospital hotel initiative institute institution journal league library
    ministry movement museum network news newspaper office organisation organization pac parliament party plaza
    project report review school senate service society super supporters team times tower tribune trust union
    university voters
    """
)
# What headlines, which capitalise every word, say next of a person. A list, because names end like verbs do.
HEADLINE_VERBS = _words(
    """
    accepts addresses announces announced appoints approves attends attended briefs buy calls celebrates commemorates
    concludes condemns congratulates convenes declares delivers directs discusses expands expresses extends gives
    holds honors hosts implements introduces issues joins launches leads made makes marks meets names nominates
    outlines participates presents proclaims proposes receives reiterates releases responds reveals says sends signs
    speaks states takes thanks told travels unveils urges visits vows warns welcomes
    """
)
# Short forms of first names, by the name they stand for; only such as stand for one.
SHORT_NAMES = {
    "abe": "abraham", "al": "albert", "andy": "andrew", "ben": "benjamin", "bernie": "bernard", "bill": "william",
    "bob": "robert", "bobby": "robert", "charlie": "charles", "chris": "christopher", "chuck": "charles",
    "dan": "daniel", "dave": "david", "dick": "richard", "don": "donald", "ed": "edward", "fred": "frederick",
    "greg": "gregory", "jake": "jacob", "jeff": "jeffrey", "jen": "jennifer", "jim": "james", "joe": "joseph",
    "josh": "joshua", "kathy": "katherine", "ken": "kenneth", "larry": "lawrence", "liz": "elizabeth",
    "matt": "matthew", "mike": "michael", "mitch": "mitchell", "nick": "nicholas", "pat": "patrick",
    "pete": "peter", "phil": "philip", "ray": "raymond", "rob": "robert", "ron": "ronald", "sam": "samuel",
    "steve": "stephen", "sue": "susan", "ted": "edward", "tim": "timothy", "tom": "thomas", "tony": "anthony",
    "antony": "anthony", "vicky": "victoria", "vince": "vincent", "walt": "walter", "will": "william",
}  # fmt: skip
