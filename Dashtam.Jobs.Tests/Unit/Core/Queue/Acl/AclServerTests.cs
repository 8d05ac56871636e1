using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Acl;

[Category("Unit")]
internal sealed class AclServerTests
{
    private static readonly AclSettings Settings = new(new QueueOptions());

    private static readonly AclQueues Several = new(
        OfWorkers: ["critical", "reports"], OfSchedulers: ["dashtam:jobs", "reports"], All: ["dashtam:jobs", "reports", "critical", "elsewhere"]);

    [Test]
    public void One_queue_has_the_users_that_the_page_shows()
    {
        var users = AclServer.Users(Settings, new AclQueues(["dashtam:jobs"], ["dashtam:jobs"], ["dashtam:jobs"]), _ => true);

        Assert.That(users.Select(user => $"{user}"), Is.EqualTo(new AclUsers(Settings).OnQueue.Select(user => $"{user}")));
    }

    [TestCase("worker", "critical reports")]
    [TestCase("scheduler", "dashtam:jobs reports")]
    [TestCase("net-producer", "dashtam:jobs reports critical")]
    [TestCase("fsck", "dashtam:jobs reports critical")]
    public void A_user_has_its_rights_on_the_queues_that_it_works_with_and_on_no_other(string name, string queues)
    {
        var line = $"{AclServer.Users(Settings, Several, queue => queue != "elsewhere").Single(user => user.Name == name)}";

        foreach (var queue in Several.All)
        {
            var has = queues.Split(' ').Contains(queue, StringComparer.Ordinal);
            Assert.That(line.Contains($"~{queue} ", StringComparison.Ordinal), Is.EqualTo(has), $"{queue}: the ready list");
            Assert.That(line.Contains($"{{{queue}}}:", StringComparison.Ordinal), Is.EqualTo(has), $"{queue}: its other keys");
        }
    }

    [Test]
    public void Each_selector_stands_once_whatever_the_number_of_queues()
    {
        var one = AclServer.Users(Settings, new AclQueues(["a"], ["a"], ["a"]), _ => true);
        var three = AclServer.Users(Settings, new AclQueues(["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c"]), _ => true);

        Assert.That(three.Select(user => (user.Name, user.Grants.Count)), Is.EqualTo(one.Select(user => (user.Name, user.Grants.Count))));
    }

    [Test]
    public void A_server_whose_queue_no_worker_serves_has_no_worker() => Assert.That(
        AclServer.Users(Settings, Several, queue => queue == "elsewhere").Select(user => user.Name),
        Is.EqualTo(new[] { "producer", "net-producer", "schedule-control", "fsck", "operator" }));
}
