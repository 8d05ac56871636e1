using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>The control of the schedules of all queues that this process serves.</summary>
/// <param name="served">Where schedules are looked for.</param>
/// <param name="queues">All queues.</param>
internal sealed class ServedSchedules(IServedQueues served, IQueues queues) : IScheduleControl
{
    public IScheduleControl InQueue(string queue) => new ServedSchedules(new OnlyQueue(queues.Get(queue)), queues);

    public async Task<IReadOnlyList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(served.All.Select(queue => queue.Schedules.ListAsync(cancellationToken)));
        return [.. lists.SelectMany(list => list).OrderBy(status => status.Id, StringComparer.Ordinal)];
    }

    public async Task<DateTimeOffset> PauseAsync(string scheduleId, CancellationToken cancellationToken) =>
        (await EverywhereAsync(scheduleId, schedules => schedules.PauseAsync(scheduleId, cancellationToken))).Max();

    public async Task<bool> ResumeAsync(string scheduleId, CancellationToken cancellationToken) =>
        (await EverywhereAsync(scheduleId, schedules => schedules.ResumeAsync(scheduleId, cancellationToken))).Contains(true);

    /// <summary>Asks every queue: a schedule that was moved to another queue has a record in both.</summary>
    /// <returns>The answers of the queues that know the schedule. A queue that does not answer is an error only when no other queue knows it.</returns>
    private async Task<IReadOnlyList<T>> EverywhereAsync<T>(string scheduleId, Func<ScheduleControl, Task<T>> ask)
    {
        Task<T>[] asked = [.. served.All.Select(queue => ask(queue.Schedules))];
        await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        T[] known = [.. asked.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result)];
        if (known.Length > 0)
        {
            return known;
        }

        Exception?[] errors = [.. asked.Select(one => one.Exception?.InnerException)];
        if (asked.Length > 1 && Array.TrueForAll(errors, error => error is UnknownScheduleException))
        {
            var ids = errors.Cast<UnknownScheduleException>().SelectMany(error => error.Known).Distinct(StringComparer.Ordinal);
            throw new UnknownScheduleException(scheduleId, [.. ids.Order(StringComparer.Ordinal)]);
        }

        // What is thrown is why a queue did not answer, not that another one does not know it.
        return [await asked[Math.Max(0, Array.FindIndex(errors, error => error is not UnknownScheduleException))]];
    }
}
