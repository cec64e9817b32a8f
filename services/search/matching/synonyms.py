"""Words for one thing, in French and English; each group is looked up by any of its members.

Abbreviations stand beside what they shorten. Words that only resemble each other (équivalence and évaluation
comparative) are kept apart.

Each group has a sign, which is indexed where a text mentions any of its members: so a query asks for one word
instead of many phrases, and one sign counts as often as all members together. A change here needs another FORMAT.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.search.analysis import content_stems, stem, stems
from services.search.contracts import Language

_SIGN = "§"  # in no stem

# French members | English members; an indented line goes on with the one before it.
_GROUPS = """
aide financière; financement; subvention; soutien financier
    | funding; grant; financial assistance; financial aid
programme d'aide; mesure | assistance program; aid program
subvention salariale; aide salariale; aide au salaire | wage subsidy; salary subsidy; wage support
crédit d'impôt; allègement fiscal | tax credit; tax relief
stage; stage en entreprise; stagiaire; placement étudiant
    | internship; intern; work placement; trainee; co-op
apprenti; compagnonnage; alternance | apprentice; apprenticeship; work-study
immigrant; nouvel arrivant; nouveaux arrivants; nouveau venu; personne issue de l'immigration
    | newcomer; immigrant
minorité visible; personne racisée | visible minority; racialized
travailleur étranger temporaire; travailleur étranger; tet; employé étranger; candidat étranger;
    main-d'oeuvre étrangère; personnel étranger
    | temporary foreign worker; foreign worker; tfw; foreign employee; foreign talent; overseas worker
permis de travail | work permit
eimt; étude d'impact sur le marché du travail; évaluation de l'impact sur le marché du travail
    | lmia; labour market impact assessment
traitement simplifié | facilitated process; simplified processing
ptet; programme des travailleurs étrangers temporaires | tfwp; temporary foreign worker program
pmi; mobilité internationale | imp; international mobility
volet des talents mondiaux; vtm | global talent stream; gts
caq; certificat d'acceptation | acceptance certificate
csq; certificat de sélection | selection certificate
résidence permanente; résident permanent; s'établir; établissement durable; immigrer
    | permanent residence; permanent resident; permanent residency; settle; immigrate
réfugié; demandeur d'asile; personne protégée | refugee; asylum seeker; protected person
francisation; cours de français; apprentissage du français; français langue seconde; apprendre le
    français; franciser; apprendre la langue; parler français; parle français; niveau de français
    | francization; french classes; french courses; french lessons; french training; learn french;
    learning french; learn the language; speak french; speaks french; french level; french skills
certificat de francisation | francization certificate
rac; reconnaissance des acquis; reconnaissance des compétences; validation des acquis
    | prior learning; recognition of skills; recognition of acquired competencies; skills recognition;
    prior learning assessment
évaluation comparative; évaluation des diplômes
    | comparative evaluation; credential evaluation; credential assessment
diplôme étranger; diplôme obtenu à l'étranger; formé à l'étranger; études à l'étranger; études hors du québec;
    diplôme d'un autre pays
    | foreign credential; foreign diploma; foreign degree; foreign-trained; internationally trained; trained
    abroad; studied abroad; studies abroad; degree from another country
ordre professionnel; profession réglementée | professional order; regulated profession; licensing body
permis d'exercice; autorisation d'exercer | licence to practise
arrangement de reconnaissance mutuelle; arm | mutual recognition arrangement; mra
mise à niveau; formation d'appoint | bridging program; upgrading; top-up training
formation; formation continue; perfectionnement; cours
    | training; continuing education; professional development; course
développement des compétences; requalification; montée en compétences
    | skills development; upskilling; reskilling
embauche; recrutement; engager; recruter; trouver des employés
    | hiring; recruitment; recruit; hire; staffing
recrutement international; recruter à l'étranger; embaucher à l'étranger; embauche à l'étranger;
    recruter à l'international; mission de recrutement
    | international recruitment; recruiting abroad; hiring abroad; hire from abroad; hire abroad;
    recruitment mission; overseas recruitment
étranger; outre-mer; hors du canada; inde; chine; philippines; brésil; mexique; colombie; maroc; algérie;
    tunisie; liban; cameroun; sénégal; côte d'ivoire; haïti; ukraine; iran; pakistan; vietnam; nigeria;
    afrique; asie; amérique latine
    | abroad; overseas; foreign country; outside canada; india; china; philippines; brazil; mexico; colombia;
    morocco; algeria; tunisia; lebanon; cameroon; senegal; ivory coast; haiti; ukraine; iran; pakistan;
    vietnam; nigeria; africa; asia; latin america
salon de l'emploi; foire de l'emploi; forum d'emploi | job fair; career fair; job forum
offre d'emploi; affichage de poste; poste à pourvoir; poste vacant; annonce d'emploi; petite annonce
    | job posting; job offer; vacancy; job ad; job advertisement; help wanted; job opening
emploi; travail; poste | job; employment; work
employé; salarié; travailleur; main-d'oeuvre; personnel | employee; worker; staff; workforce
employeur; patron | employer
entreprise; compagnie; société; organisation | company; business; enterprise; firm
accueil; intégration en emploi; accueil et intégration | onboarding; welcoming; job integration
intégration; insertion; inclusion | integration; inclusion; settlement
rétention; maintien en emploi; fidélisation; garder ses employés; roulement
    | retention; keeping employees; keep employees; turnover
mentorat; parrainage; jumelage; maillage; tutorat
    | mentoring; mentorship; sponsorship; pairing; matching; coaching
diversité; gestion de la diversité; édi; équité diversité et inclusion; interculturel
    | diversity; diversity management; edi; dei; intercultural
accès à l'égalité; équité en emploi | employment equity; equal access
discrimination; racisme; préjugé; stéréotype | discrimination; racism; bias; prejudice; stereotype
pénurie de main-d'oeuvre; rareté de main-d'oeuvre; manque de main-d'oeuvre
    | labour shortage; worker shortage; staff shortage
pme; petite entreprise; petite et moyenne entreprise; petites et moyennes entreprises; tpe
    | sme; small business; small company; small and medium-sized enterprises; small and medium-sized
    business
comité sectoriel; csmo | sectoral committee
grappe; grappe industrielle | cluster; industry cluster
masse salariale | payroll
neq; numéro d'entreprise | enterprise number
TI; TIC; ti; technologies de l'information; informatique; numérique; logiciel; programmeur; informaticien;
    développeur; jeu vidéo
    | IT; ICT; information technology; digital; software; programmer; developer; coder; video game; tech
svts; sciences de la vie; technologies de la santé; biotechnologie; biotech; pharmaceutique; pharma; laboratoire
    | life sciences; health technologies; lsht; biotechnology; biotech; pharma; pharmaceutical; laboratory; lab
aérospatiale; aéronautique; avion; aviation; avionique | aerospace; aeronautics; aviation; aircraft; avionics
rh; ressources humaines; gestion du personnel; direction du personnel
    | hr; human resources; personnel management; manage staff; manage personnel; people management
surqualification; sous-emploi; déqualification | overqualification; underemployment
bassin de candidats; bassin de talents; candidats | talent pool; candidates
salaire; rémunération; paie; paye; coût salarial | wage; salary; pay; payroll; compensation
conseiller; accompagnement; coaching; rencontre individualisée
    | advisor; support; guidance; coaching; counselling
guide; trousse; boîte à outils | guide; toolkit; handbook
gratuit; sans frais | free; no cost
coût; frais; tarif; prix | cost; fee; price
jeune; étudiant | youth; young; student
diplômé; finissant | graduate
logement; hébergement | housing; accommodation
garderie; service de garde | daycare; childcare
famille; conjoint | family; spouse
visa; permis | visa; permit
premier emploi; première expérience; sans expérience | first job; first experience; no experience
consultant; expert; expertise | consultant; expert; expertise
réduire; diminuer; baisser; économiser; économie | reduce; cut; lower; save; saving
relocalisation; déménagement; déménager | relocation; relocate; moving
ingénieur; génie | engineer; engineering
mécanicien; machiniste | mechanic; machinist
technicien | technician; technologist
chercheur; recherche; scientifique; innovation | researcher; research; scientist; science; innovation
santé; hôpital; infirmière | health; hospital; nurse
usine; manufacturier; fabrication; industrie | factory; plant; manufacturing; industry
prêt; emprunt | loan; borrowing
investissement; investir; équipement | investment; invest; equipment
diagnostic; audit; bilan; étude | diagnosis; diagnostic; audit; review; study
loi; conformité; obligation légale | law; compliance; legal obligation
femme | woman
autochtone; première nation | indigenous; first nation
handicap; personne handicapée | disability; disabled
environnement; écologie; écologique; vert; développement durable; transition écologique
    | environment; environmental; ecological; green; sustainable; sustainability
eau; hydrique | water
énergie; énergétique; électricité | energy; electricity; power
chauffage; chaleur; pompe à chaleur | heating; heat; heat pump
solaire; photovoltaïque | solar; photovoltaic
déchet; recyclage; économie circulaire | waste; recycling; circular economy
carbone; décarbonation; gaz à effet de serre; climat
    | carbon; decarbonization; greenhouse gas; climate; emission
bâtiment; immobilier; rénovation; construction | building; real estate; renovation; construction
véhicule; voiture; flotte; camion | vehicle; car; fleet; truck
transport; déplacement | transport; transportation; commuting
vélo | bike; bicycle; cycling
agriculture; agricole; ferme; agriculteur | agriculture; agricultural; farm; farming; farmer
tourisme; touristique; camping; hôtel | tourism; tourist; campground; hotel
bois; forêt | wood; forest
entrevue; entretien d'embauche | interview; job interview
langue; linguistique | language; linguistic
éligible; éligibilité; admissible; admissibilité | eligible; eligibility; qualify; admissible
dépense | expense; expenditure; spending
durée; délai; échéance | duration; period; deadline; time limit
inscription; s'inscrire; inscrire | registration; register; sign up; enrol
devis; estimation | quote; estimate
territoire; région; régional | territory; region; regional; area
marché | market
vente; vendre; commercial; commercialisation | sale; sell; selling; commercial; marketing
client; clientèle | customer; client
fournisseur; prestataire; approvisionnement | supplier; vendor; contractor; supply; procurement
production; produire | production; produce
produit | product
performance; efficacité; rendement; efficace | performance; efficiency; efficient
optimisation; optimiser; améliorer; amélioration | optimize; optimization; improve; improvement
stratégie; stratégique; plan d'action | strategy; strategic; action plan
faisabilité | feasibility
conception; écoconception; concevoir | design; ecodesign
création d'entreprise; créer son entreprise; démarrage; jeune pousse; démarrer une entreprise | start-
    up; startup; start a business; starting a business; new business; start my business
reprise; repreneur; transmission; cession; relève; racheter | takeover; succession; business transfer;
    buy out
achat; acheter; acquisition; acquérir | purchase; buy; buying; acquire; acquisition
matériel; machine; machinerie; outillage | machine; machinery; hardware; tools
réparation; réparer; entretien; maintenance | repair; maintenance; servicing; fix
remplacement; remplacer | replacement; replace
réemploi; réutilisation; réutiliser; seconde vie | reuse; second-hand; second life
tri; trier; collecte | sorting; sort; collection
emballage | packaging
alimentaire; alimentation; aliment; agroalimentaire | food; agri-food
restaurant; restauration; traiteur | restaurant; catering; caterer
artisan; artisanat; artisanal; métier d'art | craft; craftsperson; artisan; tradesperson
commerce; commerçant; boutique; magasin; détaillant | shop; store; retail; retailer; merchant
éclairage; lumière; lampe; ampoule | lighting; light; lamp; bulb
climatisation; froid; réfrigération | cooling; air conditioning; refrigeration; cold
isolation; isoler; toiture; toit | insulation; insulate; roof; roofing
chaudière; fioul; combustible | boiler; fuel oil; furnace
renouvelable | renewable
hydrogène | hydrogen
géothermie | geothermal
biomasse; biogaz; méthanisation; biométhane | biomass; biogas; anaerobic digestion
batterie; stockage | battery; storage
borne; recharge; borne de recharge | charging; charger; charging station
électrique; électrifier; électrification | electric; electrify; electrification
carburant; essence; diesel | fuel; gasoline; petrol; diesel
logistique; livraison; livrer; marchandise; fret | logistics; delivery; deliver; freight; goods;
    shipping
maritime; fluvial; bateau; navire; pêche; pêcheur | marine; maritime; boat; ship; fishing; fisherman
train; ferroviaire; rail | train; rail; railway
pollution; polluant; dépollution; qualité de l'air | pollution; pollutant; clean-up; air quality
biodiversité; nature; faune | biodiversity; nature; wildlife
sol; foncier; terrain | soil; land; ground
risque; prévention; santé et sécurité; accident | risk; prevention; safety; accident
assurance; garantie; caution | insurance; guarantee; surety
trésorerie; fonds de roulement; liquidités | cash flow; working capital; cash
capital; fonds propres; investisseur; levée de fonds | equity; investor; venture capital; raise money
dette; rembourser; remboursement; remboursable | debt; repay; repayment; reimburse; reimbursement;
    refund
impôt; taxe; fiscal; fiscalité | tax; taxes; taxation; fiscal
exonération; exemption; exonérer; dispense | exemption; exempt; waiver
concours; trophée; appel à projets; lauréat | contest; competition; award; call for projects; prize
réseau; réseautage | network; networking
événement; congrès; foire; salon | event; trade show; convention; fair
exportation; exporter; export; marché étranger | export; exporting; foreign market; sell abroad
importation; importer; douane | import; importing; customs
brevet; propriété intellectuelle | patent; intellectual property
prototype; expérimentation; démonstration; essai; tester | prototype; pilot; trial; demonstration; test;
    experiment
technologie; technologique | technology; technological; high-tech
transformation numérique; numérisation; numériser; dématérialisation | digitize; digitization;
    digitalization; digital transformation; go digital
site web; site internet; en ligne; boutique en ligne; commerce électronique | website; web site; online;
    online store; e-commerce
intelligence artificielle; ia | artificial intelligence; ai
cybersécurité; sécurité informatique; piratage | cybersecurity; hacking; computer security
publicité; promotion; visibilité; communication | advertising; promotion; advertise; communication
certification; certifié; label; labellisation; accréditation | certification; certified; label;
    accreditation
règlement; réglementation; réglementaire; norme | regulation; rule; regulatory; standard
juridique; avocat; notaire | legal; lawyer; attorney; notary
compétence; qualification; qualifié | skill; skilled; competence; know-how; qualification; qualified
métier; profession | trade; occupation; profession
retraite; retraité; aîné; senior | retirement; retiree; older worker; senior
chômeur; sans emploi; chômage | unemployed; jobless; unemployment; out of work
licenciement; mise à pied; perte d'emploi; licencier; congédier | layoff; laid off; dismissal; dismiss;
    fire
horaire; temps partiel; temps plein | schedule; part-time; full-time
télétravail; travail à distance | telework; remote work; work from home
équipe; collègue; coéquipier | team; coworker; colleague; crew
gestionnaire; dirigeant; cadre; superviseur; contremaître | manager; executive; supervisor; leader;
    foreman
productivité; productif | productivity; productive
croissance; croître; expansion; agrandir; grandir | growth; grow; growing; expand; expansion; scale up
crise; en difficulté; redressement; faillite | crisis; struggling; turnaround; bankruptcy
association; sans but lucratif; obnl; économie sociale; coopérative | non-profit; association; charity;
    social economy; cooperative
municipalité; ville; commune; collectivité | municipality; city; town; local government
école; collège; université; cégep; établissement d'enseignement | school; college; university;
    educational institution
enseignant; professeur; formateur | teacher; trainer; instructor
s'installer; installation; arrivée; accueillir | settle in; settling in; arrival; arrive; welcome
voyage; billet d'avion; voyager | travel; trip; flight; airfare
citoyen; citoyenneté | citizen; citizenship
plafond; maximum | cap; maximum; ceiling
locaux; loyer; louer; location | office space; premises; rent; lease; rental
culture; culturel; spectacle; artiste; musique | culture; cultural; show; artist; music; arts
sport; loisir; piscine | sport; leisure; recreation; swimming pool
jardin; serre; horticulture | garden; greenhouse; horticulture
élevage; bétail; viande; lait; laitier | livestock; cattle; meat; dairy; milk
textile; vêtement; mode | textile; clothing; garment; fashion
métal; soudeur; soudage; acier; métallurgie | metal; welder; welding; steel; metallurgy
plastique; chimie; chimique | plastic; chemistry; chemical
électronique; robot; robotique; automatisation | electronics; robot; robotics; automation
chauffeur; conducteur; camionneur | driver; truck driver; trucker
cuisinier; cuisine; serveur | cook; chef; kitchen; waiter
comptable; comptabilité | accountant; accounting; bookkeeping
nettoyage; propreté; entretien ménager | cleaning; janitor; cleaner
préposé; soins; médecin | caregiver; care; orderly; doctor; physician
conseil; avis; recommandation | advice; tip; recommendation
argent; fonds; budget | money; fund; budget
gagner; gain; bénéfice; profit | gain; earn; profit; benefit
payer; paiement; verser; versement; défrayer | pay; payment; paid
papier; document; paperasse; formalité; démarche administrative | paperwork; document; papers; red tape;
    formality
recherche d'emploi | search; job search; seek
anglais; anglophone | english; english-speaking
espagnol; hispanophone | spanish; spanish-speaking
chasseur de têtes; agence de placement; agence de recrutement; cabinet de recrutement; présélection
    | headhunter; recruitment agency; staffing agency; placement agency; shortlist; pre-screened
rapide; accéléré; vite; urgent | fast; quick; quickly; expedited; accelerated; urgent
formation courte; courte durée; formation intensive; camp d'entraînement
    | short course; short-term training; bootcamp; crash course; intensive training
contrat public; marché public; appel d'offres; contrat du gouvernement
    | public contract; government contract; call for tenders; tender
métier en demande; profession en demande; métier prioritaire; métier en croissance
    | in-demand occupation; occupation in demand; priority occupation; growing occupation
personne éloignée du marché du travail; aide sociale; assistance sociale
    | social assistance; welfare; underrepresented; far from the labour market
attirer; attraction; attractivité | attract; attraction
renouveler; renouvellement; prolonger; prolongation | renew; renewal; extend; extension
preuve; prouver; démontrer | proof; prove; demonstrate
obstacle; barrière; difficulté | obstacle; barrier; difficulty; challenge
milieu de travail accueillant; inclusif; climat de travail; conditions de travail; qualité de vie au travail
    | inclusive; welcoming workplace; well-being; working conditions; quality of life at work
prime; chèque; bourse; bonus | bonus; cheque; voucher; bursary; premium
empreinte carbone; bilan carbone; émissions; ges | carbon footprint; carbon assessment; emissions; ghg
changement climatique; dérèglement climatique; aléa climatique; vulnérabilité; inondation; sécheresse;
    canicule
    | climate change; climate risk; vulnerability; flood; drought; heat wave; extreme weather
prêt à taux préférentiel; taux préférentiel; banque; crédit bancaire | low-interest loan; bank; bank loan
montage financier; plan de financement | financing plan; financial package
sensibilisation; sensibiliser; comportement; mentalité; écogeste; bonnes pratiques
    | awareness; raise awareness; behaviour; behavior; habit; good practice
rse; responsabilité sociale; responsabilité sociétale | csr; social responsibility; corporate responsibility
entrepreneur; entrepreneuriat; entreprendre | entrepreneur; entrepreneurship
covoiturage; navette; transport en commun; mobilité; domicile-travail
    | carpool; carpooling; shuttle; public transit; public transport; mobility; commute
engin; tracteur; engin agricole | tractor; farm equipment; heavy equipment
livre; librairie; imprimerie; imprimeur; impression | book; bookstore; bookshop; printing; print shop
rivière; cours d'eau; milieu aquatique; zone humide; milieu humide; mer
    | river; stream; wetland; aquatic; sea
gaspillage; gaspillage alimentaire; invendu; biodéchet; compost; poubelle; jeter
    | food waste; leftover; compost; garbage; trash; throw away; bin
ludique; jeu; atelier | game; workshop; playful
veille; veille réglementaire; actualité | monitoring; regulatory watch; news
autoconsommation; produire son énergie; sa propre électricité
    | self-consumption; own electricity; own energy; generate electricity
hydroélectricité; hydroélectrique; barrage; turbine | hydropower; hydroelectric; dam; turbine
chaleur fatale; chaleur perdue; récupération de chaleur | waste heat; heat recovery
eaux pluviales; pluie; eau de pluie | rainwater; stormwater; rain
friche; site pollué; terrain contaminé | brownfield; contaminated site; contaminated land
rétrofit; convertir; conversion | retrofit; convert; conversion
fonctionnalité; location plutôt que vente; abonnement | product as a service; rental model; subscription
développement international; pays en développement | developing country; international development
""".strip()


class Member(NamedTuple):
    """One way to say it: all of its words, stop words too, as stems of `language`."""

    language: Language
    stems: tuple[str, ...]


class Match(NamedTuple):
    """The words from `start` up to `end` (indexes) say the same as each of `members`, the group `sign`."""

    start: int
    end: int
    sign: str
    members: tuple[Member, ...]


class _Mention(NamedTuple):
    key: tuple[str, ...]
    sign: str
    members: tuple[Member, ...]


def _read() -> dict[tuple[Language, str], list[_Mention]]:
    """The ways to mention a group, under their first stems, the longest first."""
    found: dict[tuple[Language, str], list[_Mention]] = {}
    for number, line in enumerate(re.sub(r"\n +", " ", _GROUPS).splitlines()):
        texts = list(_texts(line))
        members = tuple(
            dict.fromkeys(Member(language, tuple(stems(text, language))) for language, text in texts)
        )
        for language, text in texts:
            key = tuple(content_stems(text, language))
            found.setdefault((language, key[0]), []).append(_Mention(key, f"{_SIGN}{number}", members))
    for mentions in found.values():
        mentions.sort(key=lambda each: -len(each.key))
    return found


def _texts(line: str) -> Iterator[tuple[Language, str]]:
    french, english = line.split("|")
    for text in french.split(";"):
        yield "fr", text.strip()
    for text in english.split(";"):
        yield "en", text.strip()


_BY_FIRST = _read()


def matches(words: list[str], language: Language) -> list[Match]:
    """The groups that `words` (as typed, without stop words) mention in `language`, longest first.

    A word inside a longer mention is not expanded by itself: `permis` of `permis de travail` is no visa."""
    as_stems = [stem(word, language) for word in words]
    found = [
        Match(start, start + len(key), sign, members)
        for start, first in enumerate(as_stems)
        for key, sign, members in _BY_FIRST.get((language, first), ())
        if tuple(as_stems[start : start + len(key)]) == key
    ]
    return [match for match in found if not any(_inside(match, other) for other in found)]


def signs(as_stems: Sequence[str], language: Language) -> Iterator[str]:
    """The signs of the groups that a text mentions, given the stems of its words without stop words."""
    start = 0
    while start < len(as_stems):
        length = 1
        for key, sign, _ in _BY_FIRST.get((language, as_stems[start]), ()):
            if len(key) < length:
                break  # inside a longer mention
            if tuple(as_stems[start : start + len(key)]) == key:
                length = len(key)
                yield sign
        start += length


def _inside(inner: Match, outer: Match) -> bool:
    return (
        outer.start <= inner.start
        and inner.end <= outer.end
        and inner.end - inner.start < outer.end - outer.start
    )
