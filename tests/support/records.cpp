#include "tests/support/records.hpp"

namespace sw::test {

std::string rows_of(Database& db, const std::string& sql) {
    auto statement = db.prepare(sql);
    if (!statement) return statement.error().text;
    std::string text;
    for (;;) {
        auto row = statement->step();
        if (!row) return row.error().text;
        if (!*row) return text;
        text += (text.empty() ? "" : "\n") + statement->text(0);
    }
}

std::string dump(Store& store) {
    // One column a row: quote() tells integers, texts, BLOBs and NULL apart.
    const std::array<std::pair<const char*, const char*>, 9> tables{{
        {"policy", "quote(sha256)||quote(path)||quote(text)"},
        {"journal_offset", "quote(journal)||','||segment||','||offset||','||complete"},
        {"finding",
         "id||','||hex(key)||shape||state||version||','||severity||','||black||','||folded||reasons||sentence||why||detail||direction||"
         "quote(initiator)||quote(responder)||proto||quote(port)||quote(nearest)||quote(rule)||count||','||octets||','||first||','||last||','||"
         "samples||','||samples_dropped||','||policy_sha256"},
        {"finding_count", "finding||','||start||','||packets||','||octets"},
        {"sample",
         "finding||','||ordinal||','||ts||','||len||','||linktype||','||swapped||verdict||reasons||comment||source||','||number||policy_sha256||"
         "hex(octets)"},
        {"chart", "start||rule||hex(initiator)||hex(responder)||','||proto||','||port||','||packets||','||octets||','||flows"},
        {"flow",
         "rule||hex(initiator)||hex(responder)||','||proto||','||sport||','||dport||','||packets_out||','||packets_back||','||octets_out||','||"
         "octets_back||','||first||','||last||','||provisional||','||complete||policy_sha256"},
        {"coverage",
         "journal||file||policy_sha256||mode||unconfined||','||start||','||stop||','||frames||','||octets||','||allowed||','||greylisted||','||"
         "blacklisted||','||flows||','||clock_steps||quote(kernel_drops)||quote(interface_drops)||samples_dropped||quote(error)"},
        {"setting", "name||value"},
    }};
    std::string text;
    for (const auto& [table, columns] : tables) {
        const std::string where = std::string(table) == "setting" ? " WHERE name NOT IN ('flow_hash_key', 'log_hash_key')" : "";
        text += std::string(table) + ":\n" +
                rows_of(store.db(), std::string("SELECT ") + columns + " AS line FROM " + table + where + " ORDER BY line") + "\n";
    }
    return text;
}

}  // namespace sw::test
