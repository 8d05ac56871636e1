using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Worker.Upkeep;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>Puts jobs that were read ahead back into the queue, where idle workers take them first.</summary>
internal sealed class HandBack(IJobExits exits)
{
    /// <summary>
    /// Tried once: a second try, after a reply that was lost, could take what this worker has fetched again meanwhile. What has
    /// not gone back is then a job in the processing list that nobody here knows, and <see cref="ProcessingAudit"/> finds it.
    /// </summary>
    public async Task ReturnAsync(IReadOnlyList<Run> runs)
    {
        foreach (var ofWorker in runs.GroupBy(run => (run.Delivery.Queue, run.Delivery.Worker)))
        {
            try
            {
                await exits.HandBackAsync([.. ofWorker.Select(run => run.Delivery)], CancellationToken.None);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // As said above.
            }

            foreach (var run in ofWorker)
            {
                run.Move(RunStep.Settle);
            }
        }
    }
}
