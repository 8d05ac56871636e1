using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Acl;

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

    [TestCase("a*b?c[d]e\\f")]
    [TestCase("jobs(1)")]
    [TestCase("ä-^")]
    public void A_name_is_an_example_of_its_pattern(string name) =>
        Assert.That(AclPattern.Example(AclPattern.Of(name)), Is.EqualTo(name));

    [TestCase("worker:*", "worker:x")]
    [TestCase("[0-9a-f][0-9a-f]-[0-9a-f]__progress", "00-0__progress")]
    [TestCase("two?words", "two?words")]
    public void An_example_of_a_pattern_is_a_name_that_it_matches(string pattern, string example) =>
        Assert.That(AclPattern.Example(pattern), Is.EqualTo(example));

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

        Assert.That(users["producer"], Does.Contain("(~mine +lpush +llen) (~{mine}:r:* ~[0-9a-f]"));
        Assert.That(users["worker"], Does.Not.Contain("sse").And.Not.Contain("client|kill"));
        Assert.That(users["scheduler"], Does.Contain("+waitaof"));
    }

    [TestCase(TaskiqResults.Auto, true)]
    [TestCase(TaskiqResults.Json, true)]
    [TestCase(TaskiqResults.Pickle, true)]
    [TestCase(TaskiqResults.None, false)]
    public void Worker_and_producer_have_the_ids_that_TaskIQ_makes_where_results_stand_at_bare_keys(TaskiqResults results, bool expected)
    {
        var users = new AclUsers(new AclSettings(new QueueOptions { TaskiqResults = results })).OnQueue
            .ToDictionary(user => user.Name, user => $"{user}", StringComparer.Ordinal);
        var hex = string.Concat(Enumerable.Repeat("[0-9a-f]", 32));

        Assert.That(users["worker"].Contains($" ~{hex} ", StringComparison.Ordinal), Is.EqualTo(expected));
        Assert.That(users["worker"].Contains($" ~{hex}__progress ", StringComparison.Ordinal), Is.EqualTo(expected));
        Assert.That(users["producer"].Contains($" ~{hex} ", StringComparison.Ordinal), Is.EqualTo(expected));
        Assert.That(users["scheduler"], Does.Not.Contain(hex));
    }
}
