"""What an order costs."""


def invoice_total(items, country):
    total = 0
    for item in items:
        total += item["price"] * item["count"]
    if country == "DE":
        return round(total * 1.19, 2)
    if country == "FR":
        return round(total * 1.2, 2)
    if country == "CH":
        return round(total * 1.081, 2)
    return round(total, 2)


def quote_total(items, country):
    total = 0
    for item in items:
        total += item["price"] * item["count"]
    if country == "DE":
        return round(total * 1.19, 2)
    if country == "FR":
        return round(total * 1.2, 2)
    if country == "CH":
        return round(total * 1.081, 2)
    return round(total, 2)
