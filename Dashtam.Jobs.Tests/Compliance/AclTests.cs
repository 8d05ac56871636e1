using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>The users that <c>acl</c> prints, beside the page that shows them and the scripts that they run.</summary>
[Category("Unit")]
internal sealed partial class AclTests
{
    private static readonly AclSettings Defaults = new(new QueueOptions());

    [Test]
    public void The_page_shows_what_the_command_prints_for_the_default_settings()
    {
        string[] expected =
        [
            .. new AclUsers(Defaults).OnQueue.Select(user => $"ACL SETUSER {user}"),
            $"ACL SETUSER {new AclUsers(Defaults with { MayKill = false }).OnQueue.Single(user => user.Name == "worker")}",
            .. AclUsers.OnNotices.Concat(AclUsers.OnSentinels).Select(user => $"ACL SETUSER {user}"),
        ];
        var page = File.ReadLines(Path.Combine(Sources.Root, "docs/reference/redis-acl.md"))
            .Where(line => line.StartsWith("ACL SETUSER dashtam-", StringComparison.Ordinal));

        Assert.That(page, Is.EqualTo(expected));
    }

    [Test]
    public void The_worker_s_and_fsck_s_users_together_may_run_every_command_of_every_script() => AssertMayRun(
        ["worker", "scheduler", "fsck", "schedule-control"],
        ScriptFile.All.Select(script => script.Text));

    [TestCase("net-producer", "enqueue.lua", "enqueue_delayed.lua")]
    [TestCase("scheduler", "fire.lua", "register_schedule.lua", "enqueue.lua", "enqueue_delayed.lua", "epoch.lua")]
    [TestCase("schedule-control", "pause_schedule.lua", "resume_schedule.lua")]
    [TestCase("worker", "fetch.lua", "finish.lua", "retry.lua", "dead_letter.lua", "recover.lua", "heartbeat.lua", "send_notice.lua")]
    public void A_user_may_run_every_command_of_its_scripts(string user, params string[] scripts) =>
        AssertMayRun([user], scripts.Select(script => RedisScript.Load(script).Text));

    private static void AssertMayRun(string[] users, IEnumerable<string> scripts)
    {
        var allowed = new AclUsers(Defaults).OnQueue.Where(user => users.Contains(user.Name, StringComparer.Ordinal))
            .SelectMany(user => $"{user}".Split(' ', ')'));
        var commands = scripts
            .SelectMany(text => CallPattern().Matches(text))
            .Select(match => match.Groups["sub"].Success
                ? $"+{match.Groups["command"].Value}|{match.Groups["sub"].Value}".ToLowerInvariant()
                : $"+{match.Groups["command"].Value}".ToLowerInvariant())
            .Distinct(StringComparer.Ordinal);

        Assert.That(commands, Is.Not.Empty.And.SubsetOf(allowed));
    }

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Za-z]+)'(, '(?<sub>NUMSUB)')?",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CallPattern();
}
