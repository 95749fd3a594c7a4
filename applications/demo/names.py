"""Plausible names, all made up, in Arabic and French, the same for the same seed."""

from dataclasses import dataclass
from random import Random

IDEAS = [
    ("الأمل", "Al Amal"),
    ("النور", "Annour"),
    ("الوفاء", "Al Wafae"),
    ("الرحمة", "Arrahma"),
    ("المستقبل", "Al Moustakbal"),
    ("الكرامة", "Al Karama"),
    ("البسمة", "Al Basma"),
    ("السلام", "Assalam"),
    ("التضامن", "Attadamoun"),
    ("الإخلاص", "Al Ikhlass"),
    ("الفتح", "Al Fath"),
    ("اليقين", "Al Yaqine"),
    ("الأطلس", "Atlas"),
    ("الياسمين", "Al Yasmine"),
    ("أركان", "Argane"),
    ("الزيتونة", "Azzaytouna"),
    ("الواحة", "Al Waha"),
    ("الهدى", "Al Houda"),
    ("الإحسان", "Al Ihssane"),
    ("المودة", "Al Mawadda"),
    ("تيفاوين", "Tifawine"),
    ("أزرو", "Azrou"),
    ("الشروق", "Achourouk"),
    ("الريحان", "Arrayhane"),
]
AIMS = [
    ("للتنمية والتضامن", "pour le développement et la solidarité"),
    ("للرعاية الاجتماعية", "pour la protection sociale"),
    ("لدعم التمدرس", "d’appui à la scolarisation"),
    ("للأشخاص في وضعية إعاقة", "pour les personnes en situation de handicap"),
    ("لرعاية الطفولة والأسرة", "pour l’enfance et la famille"),
    ("للأعمال الخيرية", "de bienfaisance"),
    ("للمرأة والطفل", "pour la femme et l’enfant"),
]
FIRST_F = [
    ("فاطمة الزهراء", "Fatima Zahra"),
    ("خديجة", "Khadija"),
    ("سعيدة", "Saïda"),
    ("نادية", "Nadia"),
    ("مليكة", "Malika"),
    ("حنان", "Hanane"),
    ("زينب", "Zineb"),
    ("سلمى", "Salma"),
    ("أمينة", "Amina"),
    ("إيمان", "Imane"),
    ("نعيمة", "Naïma"),
    ("هاجر", "Hajar"),
]
FIRST_M = [
    ("محمد", "Mohammed"),
    ("عبد الرحيم", "Abderrahim"),
    ("يوسف", "Youssef"),
    ("الحسين", "Lahoucine"),
    ("رشيد", "Rachid"),
    ("عمر", "Omar"),
    ("إدريس", "Driss"),
    ("مصطفى", "Mustapha"),
    ("كريم", "Karim"),
    ("ياسين", "Yassine"),
    ("إبراهيم", "Brahim"),
    ("سعد", "Saâd"),
]
LAST = [
    ("المرابط", "Lamrabet"),
    ("بنعلي", "Benali"),
    ("الإدريسي", "El Idrissi"),
    ("أمزيان", "Amziane"),
    ("الشرقاوي", "Cherkaoui"),
    ("بوزيد", "Bouzid"),
    ("الفاسي", "El Fassi"),
    ("أيت الحاج", "Aït Lhaj"),
    ("العلمي", "El Alami"),
    ("الناصري", "Naciri"),
    ("بركات", "Barakat"),
    ("الصالحي", "Salhi"),
    ("أوعلي", "Ouali"),
    ("الخطيب", "El Khatib"),
    ("الزهراوي", "Zahraoui"),
    ("مزوار", "Mezouar"),
]
BANKS = ["Banque Populaire", "Crédit Agricole", "Al Barid Bank", "BMCE", "CIH"]


@dataclass(frozen=True)
class Name:
    ar: str
    fr: str


@dataclass(frozen=True)
class Person(Name):
    is_female: bool


def person(random: Random) -> Person:
    is_female = random.random() < 0.5
    first = random.choice(FIRST_F if is_female else FIRST_M)
    last = random.choice(LAST)
    return Person(f"{first[0]} {last[0]}", f"{first[1]} {last[1]}", is_female)


def association(random: Random, place) -> Name:
    """جمعية الأمل للرعاية الاجتماعية بزاكورة, and the same in French."""
    idea, aim = random.choice(IDEAS), random.choice(AIMS)
    return Name(
        f"جمعية {idea[0]} {aim[0]} – {place.name_ar}",
        f"Association {idea[1]} {aim[1]} – {place.name_fr}",
    )


KINDS = {
    "students": ("دار الطالبة", "Dar Taliba"),
    "child_protection": ("دار الأطفال", "Maison d’enfants"),
    "elderly": ("دار المسنين", "Maison des personnes âgées"),
    "disability": (
        "مركز رعاية الأشخاص في وضعية إعاقة",
        "Centre pour personnes handicapées",
    ),
    "women": ("الفضاء متعدد الوظائف للنساء", "Espace multifonctionnel des femmes"),
    "maternity": ("دار الأمومة", "Dar Al Oumouma"),
    "abandoned_children": ("دار الأطفال المتخلى عنهم", "Maison des enfants abandonnés"),
}


def institution(random: Random, institution_class: str) -> Name:
    kind, idea = KINDS[institution_class], random.choice(IDEAS)
    return Name(f"{kind[0]} {idea[0]}", f"{kind[1]} {idea[1]}")


def centre(random: Random) -> Name:
    idea = random.choice(IDEAS)
    return Name(
        f"مركز {idea[0]} لتمدرس الأطفال في وضعية إعاقة",
        f"Centre {idea[1]} de scolarisation",
    )


def rib(random: Random) -> str:
    """24 digits with a right key, of no real account (domain.md, section 5.2)."""
    first = "999" + "".join(str(random.randrange(10)) for _ in range(19))
    return f"{first}{97 - int(first) * 100 % 97:02}"


def ice(random: Random) -> str:
    first = "00" + "".join(str(random.randrange(10)) for _ in range(11))
    return f"{first}{97 - int(first) * 100 % 97:02}"


def phone(random: Random) -> str:
    return f"+21260000{random.randrange(10_000):04}"
