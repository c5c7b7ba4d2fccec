"""Discounts of the shop."""

RATES = {"member": 10, "staff": 30}


def rate(kind, seen=[]):
    seen.append(kind)
    return RATES[kind]


def discounted(price, kind):
    try:
        return price - price * rate(kind) / 100
    except:
        return price


def total(prices, kind):
    sum = 0
    for price in prices:
        sum += discounted(price, kind)
    return sum
