using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Support;

[Category("Integration")]
internal sealed class ServiceProcessTests
{
    [Test]
    public async Task A_worker_that_a_test_leaves_behind_ends_by_itself_so_that_its_coverage_is_written()
    {
        var redis = await TestServices.RedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        ServiceProcess worker;
        await using (worker = ServiceProcess.Worker(WorkerSettings.On(queue, redis.ConnectionString)))
        {
            await worker.UntilLoggedAsync("worker_registered");
        }

        Assert.That(worker.Count("worker_departed"), Is.EqualTo(1));
    }
}
