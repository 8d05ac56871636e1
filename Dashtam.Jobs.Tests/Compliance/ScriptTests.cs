using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What holds for every Lua script.</summary>
[Category("Unit")]
internal sealed partial class ScriptTests
{
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

    public static IEnumerable<ScriptFile> All => ScriptFile.All;

    public static IEnumerable<ScriptFile> Whole => ScriptFile.Whole;

    [TestCaseSource(nameof(All))]
    public void A_script_never_parses_or_builds_an_envelope(ScriptFile script) =>
        Assert.That(script.Code, Does.Not.Contain("cjson").And.Not.Contain("cmsgpack"));

    [TestCaseSource(nameof(All))]
    public void A_script_has_no_shebang_because_Garnet_refuses_it(ScriptFile script) =>
        Assert.That(script.Text, Does.Not.StartWith("#!"));

    [TestCaseSource(nameof(Whole))]
    public void A_script_s_header_names_every_key_and_argument_that_its_code_uses_and_no_other(ScriptFile script)
    {
        Assert.That(Indexes(script.Comments), Is.EquivalentTo(Indexes(script.Code)));
        Assert.That(script.Comments, Does.Contain("-- Returns"));
    }

    [TestCaseSource(nameof(All))]
    public void A_script_builds_no_key_because_a_cluster_must_know_all_of_them_before_it_runs(ScriptFile script) =>
        Assert.That(
            KeyPattern().Matches(script.Code).Select(match => match.Groups["key"].Value).Where(key => !NamePattern().IsMatch(key)),
            Is.Empty);

    [TestCaseSource(nameof(Exits))]
    public void An_exit_s_first_write_is_the_LREM_that_fences_it(string name)
    {
        Assert.That(Writes(name).First(), Is.EqualTo("LREM"));
        Assert.That(ScriptFile.Named(name).Code, Does.Contain("gone(workers, worker)"));
    }

    [TestCaseSource(nameof(Drains))]
    public void A_script_that_drains_a_full_Redis_begins_with_a_write_that_needs_no_memory(string name) =>
        Assert.That(Writes(name).First(), Is.AnyOf(NeedNoMemory));

    [TestCaseSource(nameof(Whole))]
    public void A_script_is_short(ScriptFile script) => Assert.That(
        script.Code.Split('\n').Count(line => line.Trim().Length > 0), Is.LessThanOrEqualTo(45));

    private static SortedSet<string> Indexes(string text) =>
        new(IndexPattern().Matches(text).Select(match => match.Value), StringComparer.Ordinal);

    private static IEnumerable<string> Writes(string name) => ScriptFile.Named(name).Commands.Except(Reads, StringComparer.Ordinal);

    [GeneratedRegex(@"(KEYS|ARGV)\[[0-9]+\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex IndexPattern();

    [GeneratedRegex(@"redis\.p?call\('(?!TIME|PUBLISH|PUBSUB)[A-Z]+',\s*(?<key>[^,)]+)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[a-z_]+(\.[a-z_]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamePattern();
}
