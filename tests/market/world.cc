#include "market/world.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "market/random.h"

namespace revenant::market {
namespace {

constexpr std::int64_t kDay = 1440;  // minutes
constexpr double kRingsPer = 100'000;
constexpr int kSmallAgency = 10, kSmallPool = 12;  // for the score alone

class Generator {
 public:
  Generator(std::uint64_t seed, std::size_t size, const Rates& rates)
      : random_(seed), size_(size), rates_(rates) {
    world_.history_minutes = rates.history_days * kDay;
    world_.minutes = (rates.history_days + rates.window_days) * kDay;
    numbers_.fill(100'000);  // below lie popular values
  }

  World Make() {
    // What comes back comes on top: a fortieth or so.
    const auto base = static_cast<std::size_t>(static_cast<double>(size_) * 0.96);
    while (world_.accounts.size() < base) AddContext();
    SortByTime();
    ShareAmongStrangers();
    TypeVictims();
    ComeBack();
    const double scale = static_cast<double>(size_) / kRingsPer;
    for (int i = 0; i < Count(rates_.six_shops * scale); ++i) AddSixShops();
    for (int i = 0; i < Count(rates_.mules * scale); ++i) AddMule();
    for (int i = 0; i < Count(rates_.floods_before * scale); ++i) AddFlood(Class::kFloodBefore);
    for (int i = 0; i < Count(rates_.floods_after * scale); ++i) AddFlood(Class::kFlooder);
    SellStorefronts();
    SortByTime();
    for (Account& account : world_.accounts) {
      account.judged = account.cls != Class::kBot && account.minute >= world_.history_minutes;
    }
    return std::move(world_);
  }

 private:
  static int Count(double expected) { return std::max(1, static_cast<int>(std::lround(expected))); }

  // --- One account.

  Value New(Kind kind) { return {kind, false, false, numbers_[static_cast<std::size_t>(kind)]++}; }
  Value NewDocument() {
    Value value = New(Kind::kDocument);
    value.verified = random_.Chance(rates_.document_verified);
    return value;
  }
  Value NewPhone() {
    Value value = New(Kind::kPhone);
    value.by_00 = random_.Chance(rates_.phone_by_00);
    return value;
  }
  Value Popular(Kind kind, int count) {
    // The r-th most popular is used 1/r as often as the first.
    return {kind, false, false, static_cast<std::uint32_t>(random_.LogUniform(1, count))};
  }

  // A new person with values of their own, connected to no one else here.
  Account Fresh(Class cls) {
    Account account;
    account.cls = cls;
    account.hands = ++hands_;
    account.minute = AnyMinute();
    if (random_.Chance(rates_.has_document)) account.Put(NewDocument());
    if (random_.Chance(rates_.has_phone)) account.Put(NewPhone());
    if (random_.Chance(rates_.has_email)) account.Put(New(Kind::kEmail));
    PutPayment(account);
    if (random_.Chance(rates_.has_card)) account.Put(New(Kind::kCard));
    PutDevice(account);
    PutWeak(account);
    return account;
  }
  void PutPayment(Account& account) {
    const double draw = random_.Unit();
    if (draw < rates_.has_iban) {
      account.Put(New(Kind::kIban));
    } else if (draw < rates_.has_iban + rates_.has_alipay) {
      account.Put(New(Kind::kAlipay));
    }
  }
  void PutDevice(Account& account) {
    const double draw = random_.Unit();
    if (draw < rates_.has_imei) {
      account.Put(New(Kind::kImei));
    } else if (draw < rates_.has_imei + rates_.has_gaid) {
      account.Put(New(Kind::kGaid));
    } else if (draw < rates_.has_imei + rates_.has_gaid + rates_.has_mac) {
      account.Put(New(Kind::kMac));
    }
  }
  void PutWeak(Account& account) {
    const auto put = [&](Kind kind, double has, double popular, int count) {
      if (!random_.Chance(has)) return;
      account.Put(random_.Chance(popular) ? Popular(kind, count) : New(kind));
    };
    put(Kind::kAddress, rates_.has_address, rates_.popular_addresses, rates_.houses);
    put(Kind::kName, rates_.has_name, rates_.popular_names, rates_.names);
    put(Kind::kIp, rates_.has_ip, rates_.popular_ip, rates_.gateways);
    put(Kind::kProfile, rates_.has_profile, 1, rates_.profiles);
  }

  std::int64_t AnyMinute() {
    return random_.Chance(rates_.window_share)
               ? random_.Between(world_.history_minutes, world_.minutes - 1)
               : random_.Between(0, world_.history_minutes - 1);
  }

  void Add(Account account) {
    const bool in_crowd = account.cls == Class::kCafe || account.cls == Class::kPoolSmall ||
                          account.cls == Class::kPoolLarge;
    if (random_.Chance(in_crowd ? rates_.crowd_infringers : rates_.infringers)) {
      account.cls = Class::kFirstOffence;
      account.infringes = true;
      account.ban_after = 1 + Minutes(rates_.days_to_ban);
    }
    world_.accounts.push_back(std::move(account));
  }
  std::int64_t Minutes(double mean_days) {
    return static_cast<std::int64_t>(random_.Exponential(mean_days * static_cast<double>(kDay)));
  }

  // --- Honest company.

  void AddContext() {
    // Shares are of accounts, so a context is drawn as often as its share over its usual size.
    static constexpr double kShops = 3.5, kFamily = 2.6, kCafe = 19;
    const double agency = MeanInverseSquare(2, rates_.agency_most);
    const double pool = (rates_.pool_most - rates_.pool_least) /
                        std::log(static_cast<double>(rates_.pool_most) / rates_.pool_least);
    const std::array<double, 6> weights = {
        rates_.shops / kShops,
        rates_.family / kFamily,
        rates_.cafe / kCafe,
        rates_.agency / agency,
        rates_.pool / pool,
        1 - rates_.shops - rates_.family - rates_.cafe - rates_.agency - rates_.pool};
    double sum = 0;
    for (const double weight : weights) sum += weight;
    double draw = random_.Unit() * sum;
    std::size_t which = 0;
    while (which + 1 < weights.size() && draw >= weights[which]) draw -= weights[which++];
    switch (which) {
      case 0:
        return AddShops();
      case 1:
        return AddFamily();
      case 2:
        return AddCafe();
      case 3:
        return AddAgency();
      case 4:
        return AddPool();
      default:
        return Add(Fresh(Class::kSingle));
    }
  }
  static double MeanInverseSquare(int low, int high) {
    return std::log((high + 1.0) / low) / (1.0 / low - 1.0 / (high + 1.0));
  }

  void AddShops() {
    const int count = random_.LogUniform(2, 8);
    Account owner = Fresh(Class::kShops);
    owner.Put(NewDocument());
    const bool infringes = random_.Chance(rates_.infringers);
    for (int i = 0; i < count; ++i) {
      Account shop = Fresh(Class::kShops);
      shop.hands = owner.hands;
      for (const Value& value : owner.values) {
        const double kept = value.kind == Kind::kDocument ? 1
                            : value.kind == Kind::kEmail  ? 0.3
                                                          : 0.8;
        if (random_.Chance(kept)) shop.Put(value);
      }
      // A person is honest or not, in all shops; other infringers have them closed one by one.
      if (infringes) {
        shop.cls = Class::kFirstOffence;
        shop.infringes = true;
        shop.ban_after = 1 + Minutes(rates_.days_to_ban);
      }
      world_.accounts.push_back(std::move(shop));
    }
  }
  void AddFamily() {
    const int count = random_.LogUniform(2, 4);
    const Account head = Fresh(Class::kFamily);
    for (int i = 0; i < count; ++i) {
      Account member = Fresh(Class::kFamily);
      for (const Value& value : head.values) {
        const double shared = value.kind == Kind::kAddress ? 1
                              : value.kind == Kind::kIp    ? 0.8
                              : value.kind == Kind::kPhone ? rates_.family_phone
                              : IsDevice(value.kind)       ? rates_.family_device
                              : value.kind == Kind::kIban || value.kind == Kind::kAlipay
                                  ? rates_.family_account
                              : value.kind == Kind::kCard ? rates_.family_card
                                                          : 0;
        if (i > 0 && random_.Chance(shared)) member.Put(value);
        if (i == 0) member.Put(value);
      }
      Add(std::move(member));
    }
  }
  void AddCafe() {
    const int count = random_.LogUniform(3, 60);
    const Value device = New(Kind::kMac), address = New(Kind::kIp);
    for (int i = 0; i < count; ++i) {
      Account guest = Fresh(Class::kCafe);
      guest.Put(address);
      if (random_.Chance(rates_.cafe_device)) {
        DropDevices(guest);
        guest.Put(device);
      }
      Add(std::move(guest));
    }
  }
  void AddAgency() {
    const int count = random_.InverseSquare(2, rates_.agency_most);
    const Class cls = count <= kSmallAgency ? Class::kAgencySmall : Class::kAgencyLarge;
    const bool by_phone = random_.Chance(rates_.agency_phone);
    const bool by_email = random_.Chance(rates_.agency_email);
    const bool by_device = random_.Chance(rates_.agency_device);
    const Value phone = NewPhone(), email = New(Kind::kEmail), address = New(Kind::kIp);
    const Value device = New(random_.Chance(0.7) ? Kind::kMac : Kind::kGaid);
    std::int64_t batch = AnyMinute();
    for (int i = 0; i < count; ++i) {
      Account client = Fresh(cls);
      // Clients come a few at a time, entered in one afternoon.
      if (random_.Chance(0.4)) batch = client.minute;
      client.minute = std::min(world_.minutes - 1, batch + random_.Between(0, 240));
      client.Put(address);
      if (by_phone) client.Put(phone);
      if (by_email) client.Put(email);
      if (by_device) {
        DropDevices(client);
        client.Put(device);
      }
      Add(std::move(client));
    }
  }
  void AddPool() {
    const int count = random_.LogUniform(rates_.pool_least, rates_.pool_most);
    const Class cls = count <= kSmallPool ? Class::kPoolSmall : Class::kPoolLarge;
    const Value account = New(Kind::kIban);
    for (int i = 0; i < count; ++i) {
      Account client = Fresh(cls);
      Drop(client, [](const Value& value) { return value.kind == Kind::kAlipay; });
      client.Put(account);
      Add(std::move(client));
    }
  }
  template <typename Which>
  static void Drop(Account& account, Which which) {
    std::erase_if(account.values, which);
  }
  static void DropDevices(Account& account) {
    Drop(account, [](const Value& value) { return IsDevice(value.kind); });
  }

  // --- Strangers who hold what another held, and victims.

  void SortByTime() {
    std::stable_sort(world_.accounts.begin(), world_.accounts.end(),
                     [](const Account& a, const Account& b) { return a.minute < b.minute; });
  }
  // Somebody who had such a value at least `rest` before; nullptr: nobody was found.
  const Account* Before(std::int64_t minute, std::int64_t rest, Kind kind, bool banned) {
    const auto end = std::lower_bound(
        world_.accounts.begin(), world_.accounts.end(), minute - rest,
        [](const Account& account, std::int64_t before) { return account.minute < before; });
    const auto count = static_cast<std::uint64_t>(end - world_.accounts.begin());
    for (int tries = 0; count > 0 && tries < 400; ++tries) {
      const Account& account = world_.accounts[random_.Below(count)];
      if (account.Find(kind) == nullptr || account.infringes != banned) continue;
      if (banned && account.minute + account.ban_after + rest > minute) continue;
      return &account;
    }
    return nullptr;
  }
  void ShareAmongStrangers() {
    constexpr std::int64_t kPhoneRests = 60 * kDay, kHandsetRests = 20 * kDay;
    for (Account& account : world_.accounts) {
      const auto take = [&](Kind kind, double rate, double burnt, std::int64_t rest, Class cls) {
        if (account.Find(kind) == nullptr || !random_.Chance(rate)) return;
        const Account* from = Before(account.minute, rest, kind, random_.Chance(burnt));
        if (from == nullptr) return;
        account.Put(*from->Find(kind));
        if (account.cls == Class::kSingle) account.cls = cls;
      };
      take(Kind::kPhone, rates_.recycled_phone, rates_.burnt, kPhoneRests, Class::kRecycledPhone);
      take(Kind::kImei, rates_.second_hand / rates_.has_imei, rates_.burnt, kHandsetRests,
           Class::kSecondHand);
      take(Kind::kCard, rates_.lent_card, rates_.infringers, 0, Class::kLentCard);
    }
  }
  void TypeVictims() {
    std::vector<Account> second_shops;
    for (Account& account : world_.accounts) {
      if (!account.infringes || !random_.Chance(rates_.types_victim)) continue;
      const Account* victim = Before(account.minute, kDay, Kind::kIban, false);
      if (victim == nullptr || victim->cls == Class::kPoolSmall || victim->cls == Class::kPoolLarge)
        continue;
      account.values.push_back(*victim->Find(Kind::kIban));
      if (!random_.Chance(rates_.second_shop)) continue;
      Account shop = Fresh(Class::kSecondShop);
      shop.hands = victim->hands;
      shop.minute = random_.Between(account.minute, world_.minutes - 1);
      for (const Value& value : victim->values) {
        const double kept = value.kind == Kind::kIban || value.kind == Kind::kDocument ? 1 : 0.6;
        if (random_.Chance(kept)) shop.Put(value);
      }
      if (shop.minute < world_.minutes) second_shops.push_back(std::move(shop));
    }
    for (Account& shop : second_shops) world_.accounts.push_back(std::move(shop));
  }
  void SellStorefronts() {
    const int count = Count(rates_.sold_storefronts * static_cast<double>(size_));
    for (int i = 0; i < count; ++i) {
      Account buyer = Fresh(Class::kBoughtShop);
      buyer.minute = random_.Between(world_.history_minutes, world_.minutes - 1);
      const Account& seller = world_.accounts[random_.Below(world_.accounts.size())];
      const Value* phone = seller.Find(Kind::kPhone);
      const Value* email = seller.Find(Kind::kEmail);
      if (!seller.infringes || seller.minute + kDay > buyer.minute || !phone || !email) {
        --i;
        continue;
      }
      buyer.Put(*phone);
      buyer.Put(*email);
      Value document = New(Kind::kDocument);
      document.verified = true;  // a person who takes over a storefront is checked
      buyer.Put(document);
      world_.accounts.push_back(std::move(buyer));
    }
  }

  // --- Returners.

  void ComeBack() {
    for (std::size_t i = 0; i < world_.accounts.size(); ++i) {  // grows meanwhile: they come again
      if (!world_.accounts[i].infringes || world_.accounts[i].ban_after == 0) continue;
      if (!random_.Chance(rates_.returns)) continue;
      const std::int64_t banned = world_.accounts[i].minute + world_.accounts[i].ban_after;
      const std::int64_t minute = banned + 10 + ReturnAfter();
      if (minute >= world_.minutes) continue;
      world_.accounts.push_back(Returned(world_.accounts[i], minute));
    }
  }
  std::int64_t ReturnAfter() {
    const double draw = random_.Unit();
    if (draw < rates_.soon) return Minutes(rates_.soon_days);
    return Minutes(draw < rates_.soon + rates_.months ? rates_.months_days : rates_.late_days);
  }
  Account Returned(const Account& before, std::int64_t minute) {
    Account account = Fresh(Class::kReturn);
    account.hands = before.hands;
    account.minute = minute;
    account.infringes = true;
    account.ban_after =
        random_.Chance(rates_.infringes_again) ? 1 + Minutes(rates_.days_to_ban) : 0;
    const double care =
        random_.Chance(rates_.careful) ? rates_.careful_factor : rates_.careless_factor;
    const auto keep_chance = [&](Kind kind) {
      switch (kind) {
        case Kind::kDocument:
          return rates_.keep_document * care;
        case Kind::kPhone:
          return rates_.keep_phone * care;
        case Kind::kEmail:
          return rates_.keep_email * care;
        case Kind::kAddress:
          return rates_.keep_address;
        case Kind::kName:
          return rates_.keep_name;
        case Kind::kIp:
          return rates_.keep_network;
        case Kind::kProfile:
          return rates_.keep_profile;
        default:
          return (IsDevice(kind) ? rates_.keep_device : rates_.keep_payment) * care;
      }
    };
    bool kept_document = false;
    for (const Value& value : before.values) {
      if (!random_.Chance(keep_chance(value.kind))) continue;
      if (IsDevice(value.kind)) DropDevices(account);
      account.Put(value);
      kept_document |= value.kind == Kind::kDocument;
    }
    if (!kept_document) {
      Drop(account, [](const Value& value) { return value.kind == Kind::kDocument; });
      const double draw = random_.Unit();
      Value document = New(Kind::kDocument);
      if (draw < rates_.types_document) {
        account.Put(document);
        account.cls = Class::kTypedDocument;
      } else if (draw < rates_.types_document + rates_.borrows_document) {
        document.verified = true;
        account.Put(document);
      }
    }
    return account;
  }

  // --- Rings. They are closed so late that returners come back within the window.

  // When a ring's first account falls, and when somebody of it applies again.
  std::pair<std::int64_t, std::int64_t> Fall() {
    for (;;) {
      const std::int64_t fall =
          random_.Between(world_.history_minutes / 2, world_.minutes - 20 * kDay);
      const std::int64_t back = fall + 10 * kDay + Minutes(60);
      if (back >= world_.history_minutes && back < world_.minutes) return {fall, back};
    }
  }
  void AddSixShops() {
    const auto [fall, back] = Fall();
    Account owner = Fresh(Class::kFirstOffence);
    const Value document = NewDocument();
    const int shops = static_cast<int>(random_.Between(5, 8));
    for (int i = 0; i < shops; ++i) {
      Account shop = Fresh(Class::kFirstOffence);
      shop.hands = owner.hands;
      shop.Put(document);
      shop.minute = fall - random_.Between(30, 300) * kDay;
      shop.minute = std::max<std::int64_t>(0, shop.minute);
      if (shop.minute >= world_.history_minutes) shop.minute = world_.history_minutes - 1;
      shop.infringes = i == 0;  // the others were not found out yet
      shop.ban_after = i == 0 ? fall - shop.minute : 0;
      if (i > 0) shop.cls = Class::kBot;
      world_.accounts.push_back(std::move(shop));
    }
    Account again = Fresh(Class::kSixShops);
    again.hands = owner.hands;
    again.minute = back;
    again.infringes = true;
    again.Put(document);
    world_.accounts.push_back(std::move(again));
  }
  void AddMule() {
    const auto [fall, back] = Fall();
    Account first = Fresh(Class::kFirstOffence);
    first.minute =
        std::max<std::int64_t>(0, std::min(fall - 90 * kDay, world_.history_minutes - 1));
    first.infringes = true;
    first.ban_after = fall - first.minute;
    // The mule's account shares one thing with the banned one, another with the newcomer.
    Account mule = Fresh(Class::kBot);
    mule.hands = first.hands;
    mule.minute = std::min(first.minute + 10 * kDay, fall - 1);
    Account last = Fresh(Class::kMule);
    last.hands = first.hands;
    last.minute = back;
    last.infringes = true;
    const Value account = New(Kind::kIban);
    first.Put(account);
    mule.Put(account);
    DropDevices(mule);
    DropDevices(last);
    const Value second = random_.Chance(0.5) ? New(Kind::kImei) : New(Kind::kCard);
    mule.Put(second);
    last.Put(second);
    if (const Value* phone = mule.Find(Kind::kPhone); phone && random_.Chance(0.5))
      last.Put(*phone);
    for (Account* each : {&first, &mule, &last}) world_.accounts.push_back(std::move(*each));
  }
  void AddFlood(Class cls) {
    static constexpr std::array kFlooded = {Kind::kIban, Kind::kPhone, Kind::kEmail, Kind::kImei,
                                            Kind::kDocument};
    // One more than limits in use, and somewhat over.
    static constexpr std::array<int, 5> kSizes = {6, 11, 13, 21, 51};
    const auto [fall, back] = Fall();
    Account known = Fresh(Class::kFirstOffence);
    known.minute =
        std::max<std::int64_t>(0, std::min(fall - 60 * kDay, world_.history_minutes - 1));
    known.infringes = true;
    known.ban_after = fall - known.minute;
    const Kind kind = kFlooded[random_.Below(kFlooded.size())];
    Value value = New(kind);
    if (IsDevice(kind)) DropDevices(known);
    known.Put(value);
    const int bots = kSizes[random_.Below(kSizes.size())] + static_cast<int>(random_.Between(0, 3));
    const bool before = cls == Class::kFloodBefore;
    for (int i = 0; i < bots; ++i) {
      Account bot = Fresh(Class::kBot);
      bot.hands = known.hands;
      bot.minute = before ? std::min(fall - 1, known.minute + random_.Between(0, 30) * kDay)
                          : fall + random_.Between(1, 9 * kDay);
      if (IsDevice(kind)) DropDevices(bot);
      bot.Put(value);
      if (before && random_.Chance(rates_.ring_banned)) {
        bot.infringes = true;
        bot.ban_after = std::max<std::int64_t>(1, fall - bot.minute + random_.Between(0, 5 * kDay));
      }
      world_.accounts.push_back(std::move(bot));
    }
    Account again = Fresh(cls);
    again.hands = known.hands;
    again.minute = back;
    again.infringes = true;
    if (IsDevice(kind)) DropDevices(again);
    value.verified = false;
    again.Put(value);
    world_.accounts.push_back(std::move(known));
    world_.accounts.push_back(std::move(again));
  }

  Random random_;
  const std::size_t size_;
  const Rates rates_;
  World world_;
  std::uint32_t hands_ = 0;
  std::array<std::uint32_t, kKinds> numbers_{};
};

}  // namespace

std::string_view NameOf(Class cls) {
  static constexpr std::string_view kNames[kClasses] = {"single",
                                                        "several shops",
                                                        "family",
                                                        "cafe",
                                                        "agency, 2 to 10",
                                                        "agency, over 10",
                                                        "pool, 8 to 12",
                                                        "pool, over 12",
                                                        "recycled phone",
                                                        "second-hand handset",
                                                        "lent card",
                                                        "bought shop",
                                                        "victim's second shop",
                                                        "first offence",
                                                        "return",
                                                        "return, typed document",
                                                        "six shops",
                                                        "mule",
                                                        "flood before the ban",
                                                        "flooder",
                                                        "bot"};
  return kNames[static_cast<std::size_t>(cls)];
}

const Value* Account::Find(Kind kind) const {
  for (const Value& value : values) {
    if (value.kind == kind) return &value;
  }
  return nullptr;
}

void Account::Put(const Value& value) {
  for (Value& mine : values) {
    if (mine.kind != value.kind) continue;
    mine = value;
    return;
  }
  values.push_back(value);
}

std::optional<std::int64_t> FallInHistory(const World& world, std::size_t account) {
  const Account& fallen = world.accounts[account];
  const std::int64_t fall = fallen.minute + fallen.ban_after;
  if (!fallen.infringes || fallen.ban_after == 0 || fall >= world.history_minutes) return {};
  return fall;
}

World Generate(std::uint64_t seed, std::size_t size, const Rates& rates) {
  return Generator(seed, size, rates).Make();
}

}  // namespace revenant::market
