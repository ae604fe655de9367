"""Countries: their common names, and what else documents and questions call them."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

# Common name: whose people and things are called so / capitals and seats that speak for it / other names it has.
_TABLE = """
Afghanistan: afghan / kabul
Albania: albanian / tirana
Algeria: algerian / algiers
Andorra: andorran
Angola: angolan / luanda
Antigua and Barbuda: antiguan / / antigua
Argentina: argentine, argentinian / buenos aires
Armenia: armenian / yerevan
Australia: australian, aussie / canberra
Austria: austrian / vienna
Azerbaijan: azerbaijani, azeri / baku
Bahamas: bahamian / nassau
Bahrain: bahraini / manama
Bangladesh: bangladeshi / dhaka
Barbados: barbadian, bajan / bridgetown
Belarus: belarusian / minsk
Belgium: belgian
Belize: belizean / belmopan
Benin: beninese
Bhutan: bhutanese / thimphu
Bolivia: bolivian / la paz
Bosnia and Herzegovina: bosnian / sarajevo / bosnia
Botswana: botswanan, motswana / gaborone
Brazil: brazilian / brasilia
Brunei: bruneian / / brunei darussalam
Bulgaria: bulgarian / sofia
Burkina Faso: burkinabe / ouagadougou
Burundi: burundian
Cabo Verde: cape verdean / / cape verde
Cambodia: cambodian / phnom penh
Cameroon: cameroonian / yaounde
Canada: canadian / ottawa
Central African Republic: central african / bangui
Chad: chadian
Chile: chilean
China: chinese / beijing / people’s republic of china, prc
Colombia: colombian / bogota
Comoros: comorian
Congo: congolese / brazzaville
Costa Rica: costa rican
Côte d’Ivoire: ivorian / abidjan / ivory coast
Croatia: croatian / zagreb
Cuba: cuban / havana
Cyprus: cypriot / nicosia
Czechia: czech / prague / czech republic
Democratic Republic of the Congo: / kinshasa / congo, the democratic republic of the, drc, dr congo
Denmark: danish / copenhagen
Djibouti: djiboutian
Dominica:
Dominican Republic: / santo domingo
Ecuador: ecuadorian, ecuadorean / quito
Egypt: egyptian / cairo
El Salvador: salvadoran, salvadorean
Equatorial Guinea: equatoguinean / malabo
Eritrea: eritrean / asmara
Estonia: estonian / tallinn
Eswatini: swazi / / swaziland
Ethiopia: ethiopian / addis ababa
European Union: / brussels / eu
Fiji: fijian / suva
Finland: finnish / helsinki
France: french / paris, elysee
Gabon: gabonese / libreville
Gambia: gambian / banjul
Georgia: georgian / tbilisi
Germany: german / berlin
Ghana: ghanaian / accra
Greece: greek, hellenic / athens
Grenada: grenadian
Guatemala: guatemalan
Guinea: guinean / conakry
Guinea-Bissau: / bissau
Guyana: guyanese
Haiti: haitian / port-au-prince
Holy See: / vatican / vatican city
Honduras: honduran / tegucigalpa
Hungary: hungarian / budapest
Iceland: icelandic / reykjavik
India: indian / new delhi, delhi
Indonesia: indonesian / jakarta
Iran: iranian / tehran
Iraq: iraqi / baghdad
Ireland: irish / dublin
Israel: israeli / jerusalem, tel aviv
Italy: italian / rome
Jamaica: jamaican
Japan: japanese / tokyo
Jordan: jordanian / amman
Kazakhstan: kazakh, kazakhstani / astana, nur-sultan
Kenya: kenyan / nairobi
Kiribati: i-kiribati / tarawa
Kosovo: kosovar / pristina
Kuwait: kuwaiti
Kyrgyzstan: kyrgyz, kyrgyzstani / bishkek
Laos: lao, laotian / vientiane / lao people’s democratic republic
Latvia: latvian / riga
Lebanon: lebanese / beirut
Lesotho: basotho / maseru
Liberia: liberian / monrovia
Libya: libyan / tripoli / lybia
Liechtenstein: liechtensteiner / vaduz
Lithuania: lithuanian / vilnius
Luxembourg: luxembourgish
Madagascar: malagasy / antananarivo
Malawi: malawian / lilongwe
Malaysia: malaysian / kuala lumpur, putrajaya
Maldives: maldivian / male
Mali: malian / bamako
Malta: maltese / valletta
Marshall Islands: marshallese / majuro
Mauritania: mauritanian / nouakchott
Mauritius: mauritian / port louis / mauritus
Mexico: mexican / mexico city / united mexican states
Micronesia: micronesian / / federated states of micronesia
Moldova: moldovan / chisinau
Monaco: monegasque
Mongolia: mongolian / ulaanbaatar
Montenegro: montenegrin / podgorica
Morocco: moroccan / rabat
Mozambique: mozambican / maputo
Myanmar: burmese / naypyidaw / burma
Namibia: namibian / windhoek
Nauru: nauruan / / naura
Nepal: nepalese, nepali / kathmandu
Netherlands: dutch / the hague, amsterdam / holland
New Zealand: kiwi / wellington
Nicaragua: nicaraguan / managua
Niger: nigerien / niamey
Nigeria: nigerian / abuja
North Korea: north korean / pyongyang / democratic people’s republic of korea, korea, democratic people’s republic of, dprk
North Macedonia: macedonian / skopje / macedonia, macedonia, the former yugoslav republic of
Norway: norwegian / oslo
Oman: omani / muscat
Pakistan: pakistani / islamabad
Palau: palauan
Palestine: palestinian / ramallah / state of palestine
Panama: panamanian
Papua New Guinea: papua new guinean / port moresby
Paraguay: paraguayan / asuncion
Peru: peruvian / lima
Philippines: philippine, filipino / manila
Poland: polish / warsaw
Portugal: portuguese / lisbon
Qatar: qatari / doha
Romania: romanian / bucharest
Russia: russian / moscow, kremlin / russian federation
Rwanda: rwandan / kigali
Saint Kitts and Nevis: kittitian / basseterre / st. kitts and nevis
Saint Lucia: saint lucian / castries / st. lucia
Saint Vincent and the Grenadines: vincentian / kingstown / saint vincent, st. vincent
Samoa: samoan / apia / somoa
San Marino: sammarinese
Sao Tome and Principe: sao tomean / / sao tome
Saudi Arabia: saudi / riyadh
Senegal: senegalese / dakar
Serbia: serbian / belgrade
Seychelles: seychellois
Sierra Leone: sierra leonean / freetown
Singapore: singaporean
Slovakia: slovak / bratislava
Slovenia: slovenian / ljubljana
Solomon Islands: solomon islander / honiara
Somalia: somali / mogadishu
South Africa: south african / pretoria
South Korea: south korean / seoul, blue house / republic of korea, korea, republic of, rok
South Sudan: south sudanese / juba
Spain: spanish / madrid
Sri Lanka: sri lankan / colombo
Sudan: sudanese / khartoum
Suriname: surinamese / paramaribo
Sweden: swedish / stockholm
Switzerland: swiss / bern
Syria: syrian / damascus / syrian arab republic
Taiwan: taiwanese / taipei
Tajikistan: tajik / dushanbe
Tanzania: tanzanian / dodoma
Thailand: thai / bangkok
Timor-Leste: timorese / dili / east timor
Togo: togolese / lome
Tonga: tongan / nuku’alofa
Trinidad and Tobago: trinidadian / port of spain / trinidad
Tunisia: tunisian / tunis
Turkey: turkish / ankara / turkiye
Turkmenistan: turkmen / ashgabat
Tuvalu: tuvaluan / funafuti
Uganda: ugandan / kampala
Ukraine: ukrainian / kyiv, kiev
United Arab Emirates: emirati / abu dhabi / uae
United Kingdom: british / london, downing street, whitehall / uk, u.k., britain, great britain, united kingdom of great britain and northern ireland
United States: american / washington / us, u.s., usa, u.s.a., america, united states of america
Uruguay: uruguayan / montevideo
Uzbekistan: uzbek / tashkent
Vanuatu: ni-vanuatu / port vila
Venezuela: venezuelan / caracas
Vietnam: vietnamese / hanoi / viet nam
Yemen: yemeni / sanaa
Zambia: zambian / lusaka
Zimbabwe: zimbabwean / harare
"""  # noqa: E501
# "Islamic Republic of Afghanistan", "Kingdom of the Netherlands", "Taoiseach of Ireland"
_STATE = re.compile(
    r"(?:[\w’\-]+\s){0,3}(?:republic|kingdom|state|sultanate|principality|commonwealth|union|duchy|taoiseach)\sof\s"
    r"(?:the\s)?(?P<name>.+)"
)


def plain(text: str) -> str:
    """Lower case without accents and with one apostrophe, the form in which names are compared."""
    letters = normalize("NFKD", text.lower().replace("'", "’"))
    return "".join(letter for letter in letters if not combining(letter))


def _rows() -> list[tuple[str, list[str], list[str], list[str]]]:
    rows = []
    for line in _TABLE.strip().splitlines():
        name, _, rest = line.partition(":")
        # A name may have a comma itself, followed by what is no name alone: "korea, republic of".
        lists = [[item.strip() for item in re.split(r",\s(?!republic of|democratic p|the )", part)] for part in
                 [*rest.split("/"), "", ""][:3]]  # fmt: skip
        nations, seats, others = ([item for item in items if item] for items in lists)
        rows.append((name, nations, seats, others))
    return rows


NAMES: dict[str, str] = {plain(form): name for name, _, _, others in _rows() for form in (name, *others)}
"""Every name of a country, in plain form → its common name."""
NATIONS: dict[str, str] = {plain(form): name for name, nations, _, _ in _rows() for form in nations}
"""What is said of its people and things, "chinese" → "China"."""
SEATS: dict[str, str] = {plain(form): name for name, _, seats, _ in _rows() for form in seats}
"""Capitals and buildings that news lets speak for a government, "moscow" → "Russia"."""


@lru_cache(maxsize=4096)
def common_name(text: str) -> str | None:
    """The common name of a country given by any of its names: "Iran, Islamic Republic of" → "Iran"; None for others."""
    form = plain(" ".join(text.split())).strip(" .,").removeprefix("the ")
    if form in NAMES:
        return NAMES[form]
    before, _, after = form.partition(", ")
    before = re.sub(r"\s*\(.*\)$", "", before)
    if before in NAMES and not after.startswith("and "):
        return NAMES[before]
    state = _STATE.fullmatch(form)
    if state:
        return common_name(state["name"])
    nation = form.removesuffix(" republic").removesuffix(" confederation")
    return NATIONS.get(nation) if nation != form else None
