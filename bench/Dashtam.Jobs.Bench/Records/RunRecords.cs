using System.IO.MemoryMappedFiles;

namespace Dashtam.Jobs.Bench.Records;

/// <summary>What workers record: for each job two instants, 0 for what has not happened.</summary>
internal sealed class RunRecords : IDisposable
{
    public const int BytesPerJob = 2 * sizeof(long);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _jobs;
    private int _endedBelow;

    private RunRecords(string path, int jobs)
    {
        (Path, _jobs) = (path, jobs);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _view = _file.CreateViewAccessor();
    }

    public string Path { get; }

    /// <summary>Makes the file, all zeros, for so many jobs.</summary>
    public static RunRecords Create(string path, int jobs)
    {
        using (var file = File.Create(path))
        {
            file.SetLength((long)jobs * BytesPerJob);
        }

        return new RunRecords(path, jobs);
    }

    public long Started(int n) => _view.ReadInt64((long)n * BytesPerJob);

    public long Ended(int n) => _view.ReadInt64(((long)n * BytesPerJob) + sizeof(long));

    /// <summary>How many of the first <paramref name="limit"/> jobs have ended; cheap to call again.</summary>
    public int EndedOf(int limit)
    {
        while (_endedBelow < _jobs && Ended(_endedBelow) != 0)
        {
            _endedBelow++;
        }

        var ended = Math.Min(_endedBelow, limit);
        for (var n = _endedBelow; n < limit; n++)
        {
            ended += Ended(n) != 0 ? 1 : 0;
        }

        return ended;
    }

    /// <summary>How many of <paramref name="count"/> jobs from <paramref name="first"/> on have started.</summary>
    public int StartedOf(int first, int count) =>
        Enumerable.Range(first, count).Count(n => Started(n) != 0);

    /// <summary>From the first start to the last end of some jobs, all of which have ended.</summary>
    public TimeSpan Span(int first, int count)
    {
        var (start, end) = (long.MaxValue, 0L);
        for (var n = first; n < first + count; n++)
        {
            start = Math.Min(start, Started(n));
            end = Math.Max(end, Ended(n));
        }

        return TimeSpan.FromMicroseconds((end - start) / 1_000.0);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(Path);
    }
}
