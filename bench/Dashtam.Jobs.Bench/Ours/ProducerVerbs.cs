using Dashtam.Jobs.Bench.Verbs;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue.Producing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>Enqueues through <see cref="IJobProducer"/>, as another program would.</summary>
internal static class ProducerVerbs
{
    private const int DelayedAtOnce = 2_000;

    public static Task<int> EachAsync(VerbArguments arguments) => WithProducerAsync(arguments.Redis, producer =>
        Produced.TimeAsync(arguments, async numbers =>
        {
            foreach (var n in numbers)
            {
                await EnqueueAsync(producer, n, arguments.PayloadBytes, EnqueueOptions.Default);
            }
        }));

    public static Task<int> BulkAsync(VerbArguments arguments) => WithProducerAsync(arguments.Redis, producer =>
        Produced.TimeAsync(arguments, numbers => EnqueueAsync(producer, numbers, arguments.PayloadBytes, TimeSpan.Zero)));

    public static Task<int> RateAsync(VerbArguments arguments) => WithProducerAsync(arguments.Redis, async producer =>
    {
        var options = new EnqueueOptions { Queue = arguments.Queue };
        await EnqueueAsync(producer, arguments.First - 1, arguments.PayloadBytes, options);
        await Produced.PaceAsync(arguments, n => EnqueueAsync(producer, n, arguments.PayloadBytes, options));
    });

    public static Task<int> ScheduleAtAsync(VerbArguments arguments)
    {
        var due = DateTimeOffset.UtcNow.AddMilliseconds(arguments.InMs);
        return WithProducerAsync(arguments.Redis, async producer =>
        {
            // In pieces, each with the delay of its own that is left: all are due at the one instant.
            foreach (var piece in Enumerable.Range(arguments.First, arguments.Count).Chunk(DelayedAtOnce))
            {
                var delay = due - DateTimeOffset.UtcNow;
                await EnqueueAsync(producer, piece, arguments.PayloadBytes, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
            }

            Produced.PrintDue(arguments.Count, due);
        });
    }

    private static Task<bool> EnqueueAsync(IJobProducer producer, int n, int payloadBytes, EnqueueOptions options) =>
        producer.EnqueueAsync(RunBench.Envelope(n, payloadBytes), options, CancellationToken.None);

    private static Task<BulkEnqueueResult> EnqueueAsync(
        IJobProducer producer, IEnumerable<int> jobs, int payloadBytes, TimeSpan delay) =>
        producer.EnqueueManyAsync(
            [.. jobs.Select(n => RunBench.Envelope(n, payloadBytes))], new EnqueueOptions { Delay = delay }, CancellationToken.None);

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
