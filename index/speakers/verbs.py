"""The verbs by which English reports speech, as parts of regular expressions."""

# That can stand before their subject as well: "…, said Blinken".
_SAY = """
    add(?:s|ed)? admit(?:s|ted)? announce(?:s|d)? argue(?:s|d)? ask(?:s|ed)? conclude(?:s|d)?
    continue(?:s|d)(?=[,:.”\"]) declare(?:s|d)? emphasi[sz]e(?:s|d)? exclaim(?:s|ed)? explain(?:s|ed)?
    insist(?:s|ed)? joke(?:s|d)? note(?:s|d)? observe(?:s|d)? predict(?:s|ed)? quip(?:s|ped)? recall(?:s|ed)?
    remark(?:s|ed)? repl(?:y|ies|ied) respond(?:s|ed)? sa(?:y|ys|id) stress(?:es|ed)? suggest(?:s|ed)? tell(?:s)?
    told tweet(?:s|ed)? warn(?:s|ed)? write(?:s)? wrote
""".split()
_STATE = """
    (?:fired|shot|hit)\\sback (?:fire|shoot)s?\\sback (?:make|made)s?\\s(?:it\\s)?clear (?:make|made)s?\\sthe\\scase
    accept(?:s|ed)? accuse(?:s|d)? acknowledge(?:s|d)? address(?:es|ed) advise(?:s|d)? affirm(?:s|ed)? agree(?:s|d)?
    allege(?:s|d)? answer(?:s|ed)? apologi[sz]e(?:s|d)? appeal(?:s|ed)? applaud(?:s|ed)? assert(?:s|ed)?
    assure(?:s|d)? attack(?:s|ed) back(?:s|ed) bash(?:es|ed) believe(?:s|d)? blame(?:s|d)? blast(?:s|ed)?
    boast(?:s|ed)? brag(?:s|ged)? brand(?:s|ed) call(?:s|ed)? caution(?:s|ed)? chide(?:s|d)? cite(?:s|d)?
    claim(?:s|ed)? clarif(?:y|ies|ied) comment(?:s|ed) commit(?:s|ted)? compare(?:s|d)? complain(?:s|ed)?
    concede(?:s|d)? condemn(?:s|ed)? confess(?:es|ed)? confirm(?:s|ed)? congratulate(?:s|d)? consider(?:s|ed)?
    contend(?:s|ed)? counter(?:s|ed)? criticise(?:s|d)? criticize(?:s|d)? decline(?:s|d) decr(?:y|ies|ied)
    defend(?:s|ed)? demand(?:s|ed)? den(?:y|ies|ied) denounce(?:s|d)? deride(?:s|d)? describe(?:s|d)?
    disagree(?:s|d)? discuss(?:es|ed)? dismiss(?:es|ed)? disput(?:es|ed) doubt(?:s|ed)? echo(?:es|ed)?
    elaborate(?:s|d)? encourage(?:s|d)? endorse(?:s|d)? estimate(?:s|d)? expect(?:s|ed)? express(?:es|ed)?
    favou?r(?:s|ed) fear(?:s|ed)? feel(?:s)? felt hail(?:s|ed)? hammer(?:s|ed)? highlight(?:s|ed)? hint(?:s|ed)?
    hope(?:s|d)? impl(?:y|ies|ied) indicate(?:s|d)? insinuate(?:s|d) invite(?:s|d) issued?\\sa\\sstatement
    knock(?:s|ed) la(?:ys?|id)\\sout label(?:s|ed) lambaste(?:s|d)? lament(?:s|ed)? lash(?:es|ed)\\sout laud(?:s|ed)
    maintain(?:s|ed)?\\sthat mention(?:s|ed)? mock(?:s|ed)? muse(?:s|d) opine(?:s|d)? oppose(?:s|d)? outline(?:s|d)?
    plan(?:s|ned)? pledge(?:s|d)? point(?:s|ed)\\sout point(?:s|ed)\\sto post(?:s|ed) praise(?:s|d)?
    proclaim(?:s|ed)? promise(?:s|d)? propose(?:s|d)? protest(?:s|ed) puts?\\sit question(?:s|ed) quote(?:s|d)
    rail(?:s|ed) reaffirm(?:s|ed)? rebuke(?:s|d)? rebut(?:s|ted)? recommend(?:s|ed)? refer(?:s|red)\\sto
    refuse(?:s|d)? reiterate(?:s|d)? reject(?:s|ed)? remember(?:s|ed)? remind(?:s|ed)? report(?:s|ed)?
    request(?:s|ed) retort(?:s|ed)? retweet(?:s|ed)? reveal(?:s|ed)? ridicule(?:s|d)? rip(?:s|ped) savage(?:s|d)
    scoff(?:s|ed)? scold(?:s|ed)? signal(?:s|ed)? slam(?:s|med)? speaks?\\sout speculate(?:s|d)?
    spoke\\s(?:of|about|out) state(?:s|d) support(?:s|ed)? swore talk(?:s|ed)\\s(?:about|of|up) taunt(?:s|ed)
    tease(?:s|d) testif(?:ies|ied) thank(?:s|ed)? think(?:s)? thought threaten(?:s|ed)? tout(?:s|ed)?
    underline(?:s|d)? underscore(?:s|d)? urge(?:s|d)? voice(?:s|d) vow(?:s|ed)? wanted wants? weigh(?:s|ed)\\sin
    welcome(?:s|d)? wonder(?:s|ed)? worr(?:ies|ied)
""".split()
_PARTICIPLES = """
    accusing acknowledging adding announcing arguing asking asserting assuring attacking blaming calling claiming
    complaining criticizing declaring declining demanding denouncing denying describing explaining expressing
    insisting mocking noting pledging praising predicting promising proposing railing recalling reiterating saying
    stating stressing suggesting talking\\sabout telling trashing tweeting urging vowing warning writing
""".split()

INVERTED = f"(?:{'|'.join(_SAY)})"
"""A verb that can stand before its subject."""
PARTICIPLE = f"(?:{'|'.join(_PARTICIPLES)})"
FINITE = f"(?:{'|'.join(_SAY + _STATE)})"
VERB = rf"(?:{FINITE}|(?:is|was|are|were|been)\s{PARTICIPLE})(?![\w’'])"
"""Any verb of speech after its subject: "said", "is calling for"."""
