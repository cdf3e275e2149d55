#ifndef REVENANT_TESTS_MARKET_RATES_H_
#define REVENANT_TESTS_MARKET_RATES_H_

// Every rate of the invented market place, with its argument. They are assumptions: what a figure
// of the simulator says holds for a market of these rates.

#include <cstdint>

namespace revenant::market {

struct Rates {
  // --- Time. Two years of history stand in the store unscreened; half a year is screened.
  int history_days = 730;
  int window_days = 180;
  double window_share = 0.18;  // of all accounts: a market that grows by a fifth in half a year

  // --- Bans. Marketplaces report 1 to 5 % of their sellers closed a year.
  double infringers = 0.03;
  double days_to_ban = 60;  // mean, exponential: a case needs complaints first
  // 78 % of closed counterfeiters open again, 41 % infringe again (Dong 2025, citing Alibaba's IP
  // report of 2022 and Peking University 2023).
  double returns = 0.78;
  double infringes_again = 0.41;
  // When: a quarter at once (stock is waiting), half within months, a quarter when it has calmed.
  double soon = 0.25, soon_days = 2;
  double months = 0.5, months_days = 60, late_days = 400;

  // --- What a returner keeps: the dearer to replace, the likelier kept. A card of another person
  // is bought once; an account or a handset costs more than a number; a mailbox is free.
  double keep_document = 0.20, keep_payment = 0.42, keep_device = 0.42, keep_phone = 0.33;
  double keep_email = 0.15;
  // Some take care, some do not: the chances above are scaled so.
  double careful = 0.6, careful_factor = 0.55, careless_factor = 1.65;
  double keep_address = 0.3, keep_name = 0.15, keep_network = 0.4, keep_profile = 0.4;
  // In place of the old document: a made-up number, somebody else's real one that passed the
  // check, or none. Most forms ask for one.
  double types_document = 0.5, borrows_document = 0.25;

  // --- What accounts show.
  double has_document = 0.85, document_verified = 0.7;
  double has_phone = 0.95, has_email = 0.9;
  double has_iban = 0.5, has_alipay = 0.3;                // one of them, or neither
  double has_card = 0.35;                                 // for fees
  double has_imei = 0.4, has_gaid = 0.35, has_mac = 0.2;  // one of them, or none
  double has_address = 0.9, has_name = 0.9, has_ip = 0.9, has_profile = 0.8;
  double phone_by_00 = 0.03;  // 0086 for +86: a habit of the old dialling rules

  // --- Weak signals among strangers.
  double popular_ip = 0.3;          // behind one of few carriers' gateways
  double popular_addresses = 0.05;  // fulfilment houses, offices by the hour
  double popular_names = 0.02;
  int gateways = 400, houses = 200, names = 300, profiles = 5000;

  // --- Sharing, as shares of all accounts.
  double shops = 0.03;   // one person, two to eight shops, under one document
  double family = 0.03;  // two to four sellers of one household on one platform
  double family_phone = 0.4, family_device = 0.15, family_account = 0.05, family_card = 0.05;
  double cafe = 0.04;  // a shared PC and its address of the net; 3 to 60 accounts
  double cafe_device = 0.7;
  double crowd_infringers = 0.05;  // in cafes and pools: who hides goes where many are
  // Service firms that register shops for clients by their own phone, mailbox and PC: 2 to 500
  // clients, sizes as 1/n^2, so that each doubling holds as many clients.
  double agency = 0.03;
  double agency_phone = 0.8, agency_email = 0.7, agency_device = 0.6;
  int agency_most = 500;
  // Payment services that collect for many under one account (virtual IBANs are one each, and
  // unique): few, of 8 to 400 clients, below and above any limit.
  double pool = 0.006;
  int pool_least = 8, pool_most = 400;
  // 5.6 % of the cards on a marketplace were on more than one account (judgement.md, section 6),
  // half of it by one person (the shops above), half lent or of an employer.
  double lent_card = 0.028;  // of cards
  // Numbers rest 45 to 90 days and go to somebody else; that the one before sold here too is rare,
  // but banned sellers drop numbers and handsets more often than others.
  double recycled_phone = 0.01;
  double second_hand = 0.005;
  double burnt = 0.1;  // of such phones and handsets come from a banned seller
  // A storefront sold as a going concern, with its phone and mailbox: rare.
  double sold_storefronts = 0.0002;  // of all accounts, bought from a seller banned later or before

  // --- Victims: infringers type an account that stands on an honest shop's page.
  double types_victim = 0.04;
  double second_shop = 0.5;  // such victims open another shop

  // --- Rings, for each 100,000 accounts.
  double six_shops = 30, mules = 40, floods_before = 20, floods_after = 20;
  double ring_banned = 0.3;  // of a ring's accounts when the first of it falls
};

}  // namespace revenant::market

#endif  // REVENANT_TESTS_MARKET_RATES_H_
