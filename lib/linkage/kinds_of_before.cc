#include "linkage/kinds_of_before.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace revenant {
namespace {

struct Rows {
  Role role;
  std::uint32_t fanout_limit, carry_limit;
  double m;
  int weight_bits;
  std::uint32_t half_life_days;
  std::string_view names;  // separated by spaces
};

// Never change a figure here.
constexpr Rows kRows[] = {
    {Role::kIgnored, 10, 20, 0.4, 0, 730, "contact.phone.nobody"},
    {Role::kIgnored, 10, 20, 0.3, 0, 1095, "device.mac.nobody"},
    {Role::kIgnored, 50, 200, 0.2, 0, 30, "net.ip.nobody"},
    {Role::kIgnored, 50, 50, 0.3, 0, 730, "pay.crypto.nobody"},
    {Role::kLinking, 50, 50, 0.5, 20, 0,
     "custom.* doc.cn.uscc doc.es.nif doc.hr.oib doc.in.pan doc.is.kennitala org.at.fn "
     "org.au.abn org.au.acn org.ca.bn org.ch.uid org.cn.organisation_code org.cr.cpj "
     "org.cz.ico org.de.hr org.dk.cvr org.duns org.ee.registrikood org.es.cif "
     "org.fi.ytunnus org.fr.rcs org.fr.siren org.fr.siret org.il.hp "
     "org.jp.corporate_number org.kr.brn org.lei org.ma.ice org.md.idno org.no.orgnr "
     "org.pl.regon org.ro.onrc org.ru.ogrn org.se.orgnr org.sg.uen org.si.maticna "
     "org.th.moa org.tw.ubn org.ua.edrpou tax.ad.nrt tax.ai.tin tax.al.nipt tax.ao.nif "
     "tax.ar.cuit tax.at.tin tax.at.vat tax.az.voen tax.be.vat tax.bg.vat tax.br.cnpj "
     "tax.br.cnpj.root tax.by.unp tax.bz.tin tax.ca.gst tax.ca.qst tax.ch.vat tax.cl.rut "
     "tax.co.nit tax.cy.vat tax.cz.vat tax.de.stnr tax.de.vat tax.dk.vat tax.do.rnc "
     "tax.dz.nif tax.ec.ruc tax.ee.vat tax.eg.tn tax.es.vat tax.eu.oss tax.eu.vat "
     "tax.fi.vat tax.fo.vn tax.fr.vat tax.gb.vat tax.gh.tin tax.gn.nifp tax.gr.vat "
     "tax.gt.nit tax.hr.vat tax.hu.vat tax.id.npwp tax.ie.vat tax.in.gstin tax.is.vat "
     "tax.it.vat tax.ke.pin tax.li.peid tax.lt.vat tax.lu.vat tax.lv.vat tax.mc.vat "
     "tax.me.pib tax.mk.edb tax.mt.vat tax.mx.rfc tax.mz.nuit tax.nl.vat tax.no.vat "
     "tax.nz.ird tax.om.vat tax.pe.ruc tax.pk.ntn tax.pl.vat tax.pt.vat tax.py.ruc "
     "tax.ro.cui tax.ro.vat tax.rs.pib tax.ru.inn tax.se.vat tax.si.vat tax.sk.vat "
     "tax.sm.coe tax.sn.ninea tax.sv.nit tax.th.tin tax.tn.mf tax.tr.vkn tax.us.ein "
     "tax.us.tin tax.uy.rut tax.vatin tax.ve.rif tax.vn.mst tax.za.tin tax.za.vat"},
    {Role::kLinking, 5, 20, 0.5, 20, 0,
     "doc.ao.bi doc.ar.dni doc.at.svnr doc.be.bis doc.be.insz doc.be.nn doc.bg.egn "
     "doc.bg.pnf doc.bo.ci doc.ca.sin doc.ch.ahv doc.cn.resident_id doc.cr.cpf "
     "doc.cr.dimex doc.cu.ni doc.cz.rc doc.de.svnr doc.dk.cpr doc.do.cedula doc.ec.ci "
     "doc.ee.ik doc.es.dni doc.es.nie doc.es.nss doc.fi.hetu doc.fr.nir doc.gb.nhs "
     "doc.gb.nino doc.gr.amka doc.gt.cui doc.hk.id doc.id.nik doc.ie.pps doc.il.idnr "
     "doc.in.aadhaar doc.in.epic doc.ir.nid doc.it.codice_fiscale doc.jp.my_number "
     "doc.kr.rrn doc.lk.nic doc.lt.asmens doc.lv.pk doc.ly.nid doc.mu.nid doc.mx.curp "
     "doc.my.nric doc.mz.bi doc.nl.bsn doc.no.fnr doc.pe.cui doc.pk.cnic doc.pl.pesel "
     "doc.pt.nic doc.py.cedula doc.ro.cnp doc.se.personnummer doc.sg.nric doc.sk.rc "
     "doc.th.pin doc.tn.cin doc.tr.tckn doc.tw.id doc.us.ssn doc.uy.cedula doc.uy.nie "
     "doc.vn.cccd doc.yu.jmbg doc.za.idnr tax.br.cpf tax.cy.tin tax.de.idnr tax.fr.nif "
     "tax.gb.tin tax.hu.tin tax.lu.tin tax.mt.tin tax.ua.rntrc tax.us.atin tax.us.itin "
     "tax.us.ptin"},
    {Role::kLinking, 5, 20, 0.5, 20, 3650,
     "doc.be.eid doc.de.passport doc.idcard.mrz doc.idcard.number doc.it.cie doc.mrz "
     "doc.nl.idcard doc.passport.mrz doc.passport.number doc.pt.cc doc.tw.ui"},
    {Role::kLinking, 5, 20, 0.5, 20, 365, "doc.in.vid"},
    {Role::kLinking, 5, 20, 0.5, 20, 1825, "doc.pe.ce"},
    {Role::kLinking, 5, 20, 0.5, 20, 730, "doc.visa.mrz doc.visa.number"},
    {Role::kLinking, 20, 30, 0.4, 20, 1825,
     "pay.alipay pay.alipay.open_id pay.payoneer pay.paypal pay.wechat.openid "
     "pay.wechat.unionid"},
    {Role::kLinking, 50, 30, 0.4, 20, 1825,
     "pay.ar.cbu pay.cz.account pay.es.ccc pay.gb.sortcode_account pay.iban pay.mx.clabe "
     "pay.no.account pay.nz.account pay.us.account"},
    {Role::kLinking, 50, 50, 0.3, 20, 730,
     "pay.crypto.btc pay.crypto.doge pay.crypto.eth pay.crypto.ltc pay.crypto.tron "
     "pay.crypto.xrp"},
    {Role::kLinking, 10, 30, 0.3, 20, 1095, "pay.pan"},
    {Role::kLinking, 10, 30, 0.3, 20, 3650, "pay.par"},
    {Role::kLinking, 50, 20, 0.5, 20, 0, "tax.au.tfn"},
    {Role::kLinking, 20, 50, 0.5, 20, 0, "tax.gb.utr"},
    {Role::kLinking, 10, 20, 0.3, 18, 730, "device.imei device.meid"},
    {Role::kLinking, 10, 20, 0.3, 18, 1095, "device.mac device.smbios_uuid"},
    {Role::kLinking, 10, 30, 0.3, 17, 365,
     "device.android_id device.gaid device.idfa device.idfv device.uuid"},
    {Role::kLinking, 10, 20, 0.3, 17, 1095,
     "device.disk_serial device.machine_guid device.smbios_serial"},
    {Role::kLinking, 10, 20, 0.3, 17, 730, "device.imsi"},
    {Role::kLinking, 5, 30, 0.4, 16, 1825, "contact.email"},
    {Role::kLinking, 10, 20, 0.4, 14, 730, "contact.phone"},
    {Role::kSupporting, 5, 30, 0.4, 8, 1825, "contact.email.skeleton contact.email.weak"},
    {Role::kSupporting, 100, 50, 0.4, 8, 1825, "contact.name"},
    {Role::kSupporting, 10, 20, 0.3, 8, 180, "device.imeisv"},
    {Role::kSupporting, 200, 50, 0.3, 8, 90, "device.profile"},
    {Role::kSupporting, 5, 20, 0.5, 8, 0, "doc.holder"},
    {Role::kSupporting, 50, 50, 0.5, 8, 0, "tax.de.stnr_local tax.mx.rfc.short"},
    {Role::kSupporting, 100, 50, 0.4, 6, 1825, "contact.address contact.name.skeleton"},
    {Role::kSupporting, 200, 50, 0.3, 6, 90, "device.profile.band"},
    {Role::kSupporting, 200, 50, 0.3, 4, 90,
     "device.audio device.canvas device.ja3 device.ja4 device.webgl"},
    {Role::kSupporting, 1000, 30, 0.3, 4, 0, "pay.bic pay.in.ifsc pay.us.aba"},
    {Role::kSupporting, 50, 200, 0.2, 3, 30, "net.ip"},
    {Role::kSupporting, 50, 50, 0.5, 3, 0, "org.supplier"},
};

std::map<std::string_view, KindPolicy> ReadRows() {
  std::map<std::string_view, KindPolicy> kinds;
  for (const Rows& rows : kRows) {
    const double u = std::ldexp(rows.m, -rows.weight_bits);
    const KindPolicy policy{.role = rows.role,
                            .fanout_limit = rows.fanout_limit,
                            .carry_limit = rows.carry_limit,
                            .m = rows.m,
                            .u = u,
                            .half_life_days = rows.half_life_days,
                            .weight = WeightOf(rows.m, u)};
    for (std::string_view names = rows.names; !names.empty();) {
      const std::size_t end = std::min(names.find(' '), names.size());
      kinds.emplace(names.substr(0, end), policy);
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return kinds;
}

}  // namespace

const KindPolicy* KindOfBefore(std::string_view name) {
  static const std::map<std::string_view, KindPolicy> kinds = ReadRows();
  const auto found = kinds.find(name);
  return found == kinds.end() ? nullptr : &found->second;
}

}  // namespace revenant
