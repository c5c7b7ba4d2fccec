import unittest

from orders.pricing import invoice_total, quote_total

ITEMS = [{"price": 10.0, "count": 2}, {"price": 5.0, "count": 1}]


class PricingTests(unittest.TestCase):
    def test_invoice(self):
        totals = [invoice_total(ITEMS, country) for country in ("DE", "FR", "CH", "US")]
        self.assertEqual(totals, [29.75, 30.0, 27.02, 25.0])

    def test_quote_is_the_same(self):
        for country in ("DE", "FR", "CH", "US"):
            self.assertEqual(quote_total(ITEMS, country), invoice_total(ITEMS, country))
