using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Verbs;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>Enqueues through <see cref="IJobProducer"/>, as another program would.</summary>
internal static class ProducerVerbs
{
    private const int DelayedAtOnce = 256;

    public static Task<int> EachAsync(VerbArguments arguments) => WithProducerAsync(arguments.Redis, async producer =>
    {
        await EnqueueAsync(producer, arguments.First - 1, arguments.PayloadBytes);
        var started = MonotonicClock.Nanoseconds;
        for (var i = 0; i < arguments.Count; i++)
        {
            await EnqueueAsync(producer, arguments.First + i, arguments.PayloadBytes);
        }

        Produced.Print(arguments.Count, started);
    });

    public static Task<int> RateAsync(VerbArguments arguments) => WithProducerAsync(arguments.Redis, async producer =>
    {
        await EnqueueAsync(producer, arguments.First - 1, arguments.PayloadBytes);
        await Produced.PaceAsync(arguments, n => EnqueueAsync(producer, n, arguments.PayloadBytes));
    });

    public static Task<int> ScheduleAtAsync(VerbArguments arguments)
    {
        var due = DateTimeOffset.UtcNow.AddMilliseconds(arguments.InMs);
        return WithProducerAsync(arguments.Redis, async producer =>
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(arguments.First, arguments.Count),
                new ParallelOptions { MaxDegreeOfParallelism = DelayedAtOnce },
                async (n, cancellationToken) =>
                {
                    var delay = due - DateTimeOffset.UtcNow;
                    await producer.EnqueueAsync(
                        RunBench.Envelope(n, arguments.PayloadBytes),
                        delay > TimeSpan.Zero ? delay : TimeSpan.Zero,
                        cancellationToken);
                });
            Produced.PrintDue(arguments.Count, due);
        });
    }

    private static Task<bool> EnqueueAsync(IJobProducer producer, int n, int payloadBytes) => producer.EnqueueAsync(
        RunBench.Envelope(n, payloadBytes), EnqueueOptions.Default, CancellationToken.None);

    private static async Task<int> WithProducerAsync(string redis, Func<IJobProducer, Task> use)
    {
        Settings.Set(redis);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.AddLogging().AddJobProducer();
        using var host = builder.Build();
        await host.StartAsync();
        await use(host.Services.GetRequiredService<IJobProducer>());
        await host.StopAsync();
        return 0;
    }
}
