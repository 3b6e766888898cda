"""The words of the demo records; names with quotes and accents are intended."""

from __future__ import annotations

FIRST = (
    "Ada", "Aiko", "Amara", "Anna", "Anaïs", "Björn", "Bruno", "Chloé", "Clara", "Dana", "Dmitri",
    "Elif", "Emeka", "Ewa", "Farid", "Finn", "Grace", "Hana", "Ines", "Ivan", "Jonas", "José",
    "Kofi", "Lena", "Łukasz", "Maeve", "Marta", "Mei", "Nadia", "Noor", "Olga", "Oscar", "Priya",
    "Quentin", "Rosa", "Samir", "Sinéad", "Tomás", "Uma", "Viktor", "Wanda", "Yusuf", "Zoë",
)  # fmt: skip

LAST = (
    "Andersson", "Bianchi", "Brown", "Chen", "D'Angelo", "de la Cruz", "Dubois", "Dvořák", "Eriksen",
    "Farkas", "Fischer", "García", "Gruber", "Haddad", "Ivanova", "Jansen", "Kowalski", "Kumar",
    "Lindqvist", "Löwe", "McKay", "Mehta", "Müller", "Muller", "Nakamura", "Nowak", "O'Brien",
    "O'Neill", "Okafor", "Olsen", "Papadakis", "Petrov", "Quist", "Rossi", "Santos", "Schmidt",
    "Smith", "Smythe", "Şahin", "Tanaka", "Taylor", "Ueda", "Varga", "van der Berg", "Weiß", "Wójcik",
    "Xu", "Yılmaz", "Young", "Żak",
)  # fmt: skip

FIRMS = (
    "Amber Lane", "Blue Kettle", "Cobalt Yard", "Dry Dock", "Elm & Ash", "Fjord", "Granite Loft",
    "Harbour Nine", "Iron Fern", "Juniper", "Kestrel", "Larch Hill", "Mill Race", "North Quay",
    "Orchard", "Pebble", "Quarry", "Red Thistle", "Salt Marsh", "Tall Birch", "Umber", "Vale",
)  # fmt: skip
TRADES = ("Foods", "Freight", "Instruments", "Optics", "Press", "Software", "Textiles", "Works")
ODD_FIRMS = (
    "100% Linen", "Snake_Case Labs", r"Back\Slash Systems", "東京デザイン", "Søren's Bakery",
    'The "Quoted" Company', "Kräuter & Söhne", "Café Zürich",
)  # fmt: skip

TITLES = (
    "Accountant", "Analyst", "Buyer", "CEO", "CFO", "Designer", "Director", "Engineer", "Manager",
    "Office Manager", "Owner", "Planner", "VP Sales",
)  # fmt: skip
DEPARTMENTS = ("", "Finance", "IT", "Logistics", "Marketing", "Production", "R&D", "Sales")
CITIES = (
    ("Berlin", "Germany"), ("Brno", "Czechia"), ("Galway", "Ireland"), ("Göteborg", "Sweden"),
    ("Kraków", "Poland"), ("Lagos", "Nigeria"), ("Lyon", "France"), ("Madrid", "Spain"),
    ("Osaka", "Japan"), ("Pune", "India"), ("São Paulo", "Brazil"), ("Toronto", "Canada"),
    ("Zürich", "Switzerland"),
)  # fmt: skip
STREETS = ("Canal Street", "Harbour Road", "Mill Lane", "Station Square", "Weavers' Row")

DEALS = ("Renewal", "Pilot", "Rollout", "Support plan", "Upgrade", "Yearly order")
TROUBLES = (
    "Cannot log in", "Delivery is late", "Export stops at 50%", r"Path C:\data is not found",
    "Invoice shows the wrong total", "Label printer prints file_name", "Page loads slowly",
    "Password reset mail doesn't arrive", "Search finds nothing", "Time zone is off by one",
)  # fmt: skip
GOODS = (
    "Bracket", "Cable", "Controller", "Display", "Filter", "Gauge", "Hinge", "License", "Pump",
    "Sensor",
)  # fmt: skip
SIZES = ("S", "M", "L", "XL")
TASKS = ("Call back", "Prepare the offer", "Send the contract", "Check the stock", "Write minutes")
MEETINGS = ("First call", "Demo", "Quarterly review", "Site visit", "Training")
