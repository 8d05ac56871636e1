using Dashtam.Jobs.Bench.Lab;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class PeerTests
{
    private DirectoryInfo _folder = null!; // set before each test

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("dashtam-jobs-test-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void The_service_of_another_commit_runs_from_its_own_folder_as_worker_producer_and_scheduler()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Dashtam.Jobs.Bench.dll"), "");

        var before = Peer.Before(_folder.FullName);

        Assert.Multiple(() =>
        {
            Assert.That(before.Name, Is.EqualTo("before"));
            Assert.That(Files(before.Arguments("worker")), Is.All.StartsWith(_folder.FullName));
            Assert.That(Files(before.Arguments("enqueue")), Is.All.StartsWith(_folder.FullName));
            Assert.That(Files(before.Scheduler().Arguments("scheduler")), Is.All.StartsWith(_folder.FullName));
            Assert.That(Files(Peer.OfThisProgram("ours").Arguments("worker")), Has.None.StartsWith(_folder.FullName));
            Assert.That(before.Environment, Is.EqualTo(Peer.OfThisProgram("ours").Environment));
        });
    }

    [Test]
    public void A_folder_without_the_program_is_refused() => Assert.That(
        () => Peer.Before(_folder.FullName),
        Throws.TypeOf<BenchException>().With.Message.StartsWith($"{_folder.FullName} has no Dashtam.Jobs.Bench.dll"));

    private static IEnumerable<string> Files(IEnumerable<string> arguments) =>
        arguments.Where(argument => argument.EndsWith(".dll", StringComparison.Ordinal) || argument.EndsWith(".json", StringComparison.Ordinal));
}
