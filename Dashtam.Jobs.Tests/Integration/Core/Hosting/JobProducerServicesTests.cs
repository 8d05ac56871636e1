using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Hosting;

/// <summary>A program of somebody else's, with nothing but the public registration.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class JobProducerServicesTests
{
    [Test]
    public async Task A_host_with_nothing_else_enqueues()
    {
        await using var queue = await TestQueue.CreateAsync();
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = (await TestServices.RedisAsync()).ConnectionString,
            ["JOBS_QUEUE_NAME"] = queue.Options.Name,
        });
        builder.Services.AddJobProducer().AddFsck();
        using var host = builder.Build();
        await host.StartAsync();

        var envelope = new JobEnvelope
        {
            TaskId = "one",
            TaskName = "run_canary",
            Arguments = JobArguments.From(new { SleepMs = 5 }),
        };
        var enqueued = await host.Services.GetRequiredService<IJobProducer>()
            .EnqueueAsync(envelope, EnqueueOptions.Default, CancellationToken.None);

        Assert.That(enqueued, Is.True);
        Assert.That((byte[]?)await queue.Queue.ListGetByIndexAsync(queue.Keys.Ready, 0), Is.EqualTo(envelope.ToUtf8()));

        var reply = await host.Services.GetRequiredService<IJobResults>().FindAsync("one", CancellationToken.None);
        Assert.That(reply, Is.Null);

        var report = await host.Services.GetRequiredService<IQueueFsck>()
            .RunAsync(new FsckOptions { SecondLook = TimeSpan.Zero }, progress: null, CancellationToken.None);
        Assert.That((report.Queue, report.IsClean), Is.EqualTo((queue.Options.Name, true)));
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
