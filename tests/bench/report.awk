# Medians of the lines that run.sh measured, as markdown tables.
# in: capture, rules, tool, CPU microseconds, wall microseconds, peak KiB, exit status; ns from core to core and back, where that is known

# Ascending order of a[1..n], n being the number of runs.
function sort(a, n,    i, j, held) {
    for (i = 2; i <= n; i++) {
        held = a[i]
        for (j = i - 1; j >= 1 && a[j] > held; j--) a[j + 1] = a[j]
        a[j + 1] = held
    }
}
function median(what, key,    i, n, a) {
    n = count[key]
    if (n == 0) return ""
    for (i = 1; i <= n; i++) a[i] = value[what, key, i]
    sort(a, n)
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}
# A cell; "-" where nothing was measured, "failed" where the program ended badly (1 means that span-watcher greylisted something).
function cell(what, key, scale, format) {
    if (count[key] == 0) return "-"
    if (worst[key] > 1) return "failed (" worst[key] ")"
    return sprintf(format, median(what, key) * scale)
}
function ratio(what, key, other) {
    if (count[key] == 0 || count[other] == 0 || worst[key] > 1 || worst[other] > 1 || median(what, other) == 0) return "-"
    return sprintf("%.2f", median(what, key) / median(what, other))
}

function take(key,    n) {
    n = ++count[key]
    value["cpu", key, n] = $4
    value["wall", key, n] = $5
    value["rss", key, n] = $6
    if ($7 > worst[key]) worst[key] = $7
}

{
    take($1 SUBSEP $2 SUBSEP $3)
    if (NF > 7) take($1 SUBSEP $2 SUBSEP $3 SUBSEP ($8 < 150 ? "near" : "far"))
}

END {
    each = 1000 / packets
    split(captures, capture, " ")
    split(sizes, size, " ")
    print "\n| capture | rules | span-watcher, wall ns a packet | tcpdump -w, wall ns | as fast as tcpdump, times | span-watcher, CPU ns | tcpdump, CPU ns | MiB | tcpdump, MiB |"
    print "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for (i = 1; i in capture; i++)
        for (j = 1; j in size; j++) {
            ours = capture[i] SUBSEP size[j] SUBSEP "span-watcher"
            theirs = capture[i] SUBSEP size[j] SUBSEP "tcpdump"
            printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", capture[i], size[j], cell("wall", ours, each, "%.0f"), cell("wall", theirs, each, "%.0f"),
                ratio("wall", theirs, ours), cell("cpu", ours, each, "%.0f"), cell("cpu", theirs, each, "%.0f"),
                cell("rss", ours, 1 / 1024, "%.0f"), cell("rss", theirs, 1 / 1024, "%.0f")
        }
    print "\n| capture | rules | cores | runs | span-watcher, wall ns a packet | tcpdump -w, wall ns | as fast as tcpdump, times | span-watcher, CPU ns |"
    print "|---|---:|---|---:|---:|---:|---:|---:|"
    for (i = 1; i in capture; i++)
        for (j = split("near far", distance, " "); j > 0; j--) {
            ours = capture[i] SUBSEP size[1] SUBSEP "span-watcher" SUBSEP distance[j]
            theirs = capture[i] SUBSEP size[1] SUBSEP "tcpdump" SUBSEP distance[j]
            if (count[ours] > 0)
                printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", capture[i], size[1], distance[j], count[ours], cell("wall", ours, each, "%.0f"),
                    cell("wall", theirs, each, "%.0f"), ratio("wall", theirs, ours), cell("cpu", ours, each, "%.0f")
        }
    print "\n| capture | bare read, ns a packet | span-watcher, 6 rules, to the bare read (wall) | argus, ns a packet | argus, MiB |"
    print "|---|---:|---:|---:|---:|"
    for (i = 1; i in capture; i++) {
        bare = capture[i] SUBSEP 0 SUBSEP "read"
        argus = capture[i] SUBSEP 0 SUBSEP "argus"
        printf "| %s | %s | %s | %s | %s |\n", capture[i], cell("cpu", bare, each, "%.0f"), ratio("wall", capture[i] SUBSEP size[1] SUBSEP "span-watcher", bare),
            cell("cpu", argus, each, "%.0f"), cell("rss", argus, 1 / 1024, "%.0f")
    }
    print "\n| starting with so many rules, nothing to judge | span-watcher, ms | MiB | tcpdump, ms | MiB |"
    print "|---:|---:|---:|---:|---:|"
    for (j = 1; j in size; j++) {
        ours = "empty" SUBSEP size[j] SUBSEP "span-watcher"
        theirs = "empty" SUBSEP size[j] SUBSEP "tcpdump"
        printf "| %s | %s | %s | %s | %s |\n", size[j], cell("wall", ours, 0.001, "%.1f"), cell("rss", ours, 1 / 1024, "%.0f"),
            cell("wall", theirs, 0.001, "%.1f"), cell("rss", theirs, 1 / 1024, "%.0f")
    }
}
