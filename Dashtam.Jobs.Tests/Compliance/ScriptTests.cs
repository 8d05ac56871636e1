using System.Globalization;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What holds for every Lua script.</summary>
[Category("Unit")]
internal sealed partial class ScriptTests
{
    /// <summary>Parts of other scripts: they have no keys of their own.</summary>
    private static readonly string[] Parts =
        [
            "now_ms.lua", "push_dead.lua", "gone.lua", "store_result.lua", "wrong_type.lua", "instant.lua", "isolate.lua",
            "leave.lua", "store_bare.lua", "move_due.lua", "take_ready.lua", "sign_of_life.lua", "count_move.lua", "moves_of.lua", "count_parked.lua",
            "living_workers.lua",
        ];

    /// <summary>Scripts that take a job out of a processing list.</summary>
    private static readonly string[] Exits = ["finish.lua", "retry.lua", "dead_letter.lua", "park.lua", "give_back.lua"];

    private static readonly string[] NeedNoMemory = ["LREM", "ZREM", "RPOP", "LPOP"];

    private static readonly string[] Reads =
    [
        "TYPE", "ZSCORE", "ZRANGE", "ZRANGEBYSCORE", "ZCARD", "LLEN", "HGET", "TIME", "PUBSUB", "EXISTS", "TTL", "GET",
        "HSTRLEN", "HLEN", "LPOS", "HEXISTS", "GETRANGE",
    ];

    /// <summary>Scripts that must go on when Redis is full, or nothing ever drains.</summary>
    private static readonly string[] Drains =
        [
            .. Exits, "move_due.lua", "isolate.lua", "take_ready.lua", "hand_back.lua", "heartbeat.lua", "register_worker.lua", "recover.lua", "depart.lua", "unpark.lua", "fence.lua",
            "expire_parked.lua", "expire_dead.lua", "find_stale.lua", "fsck_bury.lua", "hand_over_list.lua", "hand_over_set.lua",
        ];

    public static IEnumerable<string> All => Sources.Files("Dashtam.Jobs.Core", "*.lua").Select(file => Path.GetFileName(file));

    public static IEnumerable<string> Whole => All.Except(Parts, StringComparer.Ordinal);

    [TestCaseSource(nameof(All))]
    public void A_script_never_parses_or_builds_an_envelope(string name) =>
        Assert.That(Code(name), Does.Not.Contain("cjson").And.Not.Contain("cmsgpack"));

    [TestCaseSource(nameof(All))]
    public void A_script_has_no_shebang_because_Garnet_refuses_it(string name) =>
        Assert.That(Text(name), Does.Not.StartWith("#!"));

    [TestCaseSource(nameof(Whole))]
    public void A_script_s_header_names_every_key_and_argument_that_its_code_uses_and_no_other(string name)
    {
        var header = string.Join('\n', Text(name).Split('\n').Where(IsComment));

        Assert.That(Indexes(header), Is.EquivalentTo(Indexes(Code(name))));
        Assert.That(header, Does.Contain("-- Returns"));
    }

    [TestCaseSource(nameof(All))]
    public void A_script_builds_no_key_because_a_cluster_must_know_all_of_them_before_it_runs(string name) =>
        Assert.That(
            KeyPattern().Matches(Code(name)).Select(match => match.Groups["key"].Value).Where(key => !NamePattern().IsMatch(key)),
            Is.Empty);

    [TestCaseSource(nameof(Exits))]
    public void An_exit_s_first_write_is_the_LREM_that_fences_it(string name)
    {
        Assert.That(Writes(name).First(), Is.EqualTo("LREM"));
        Assert.That(Code(name), Does.Contain("gone(workers, worker)"));
    }

    [TestCaseSource(nameof(Drains))]
    public void A_script_that_drains_a_full_Redis_begins_with_a_write_that_needs_no_memory(string name) =>
        Assert.That(Writes(name).First(), Is.AnyOf(NeedNoMemory));

    [TestCaseSource(nameof(Whole))]
    public void A_script_is_short(string name) => Assert.That(
        Code(name).Split('\n').Count(line => line.Trim().Length > 0), Is.LessThanOrEqualTo(45));

    private static string Text(string name) => File.ReadAllText(Sources.Files("Dashtam.Jobs.Core", name).Single());

    private static string Code(string name) => string.Join('\n', Text(name).Split('\n').Where(line => !IsComment(line)));

    private static bool IsComment(string line) => line.StartsWith("--", StringComparison.Ordinal);

    private static SortedSet<string> Indexes(string text) =>
        new(IndexPattern().Matches(text).Select(match => match.Value), StringComparer.Ordinal);

    private static IEnumerable<string> Writes(string name) =>
        CallPattern().Matches(Code(name))
            .Select(match => match.Groups["command"].Value.ToUpper(CultureInfo.InvariantCulture))
            .Except(Reads, StringComparer.Ordinal);

    [GeneratedRegex(@"(KEYS|ARGV)\[[0-9]+\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex IndexPattern();

    [GeneratedRegex(@"redis\.p?call\('(?!TIME|PUBLISH|PUBSUB)[A-Z]+',\s*(?<key>[^,)]+)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[a-z_]+(\.[a-z_]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Za-z]+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CallPattern();
}
