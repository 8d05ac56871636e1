using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Scheduler.Cli.Acl;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Cli.Acl;

[Category("Unit")]
internal sealed class AclPatternTests
{
    [TestCase("dashtam:jobs", "dashtam:jobs")]
    [TestCase("a*b?c[d]e\\f", "a\\*b\\?c\\[d\\]e\\\\f")]
    [TestCase("two words", "two?words")]
    [TestCase("it's \"so\"", "it?s??so?")]
    [TestCase("jobs(1)", "jobs(1[)]")]
    [TestCase("ä-^", "ä-^")]
    public void A_name_s_pattern_matches_it_and_needs_no_quoting(string name, string pattern) =>
        Assert.That(AclPattern.Of(name), Is.EqualTo(pattern));

    [Test]
    public void The_settings_in_force_decide_the_patterns()
    {
        var settings = new AclSettings(new QueueOptions { Name = "mine", ResultPrefix = "{queue}:r" })
        {
            HasNoticesServer = true,
            FiresFsynced = true,
            MayKill = false,
        };
        var users = new AclUsers(settings).OnQueue.ToDictionary(user => user.Name, user => $"{user}", StringComparer.Ordinal);

        Assert.That(users["producer"], Does.Contain("(~mine +lpush +llen) (%R~{mine}:r:* +get +exists)"));
        Assert.That(users["worker"], Does.Not.Contain("sse").And.Not.Contain("client|kill"));
        Assert.That(users["scheduler"], Does.Contain("+waitaof"));
    }

    [Test]
    public void With_results_at_bare_keys_every_key_can_be_a_result()
    {
        var users = new AclUsers(new AclSettings(new QueueOptions { BareKey = BareResultKey.Json })).OnQueue;

        Assert.That($"{users.Single(user => user.Name == "producer")}", Does.Contain("(%R~* +get +exists)"));
        Assert.That($"{users.Single(user => user.Name == "worker")}", Does.Contain("(~* +set +type +exists)"));
    }
}
