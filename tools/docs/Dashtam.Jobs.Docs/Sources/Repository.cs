namespace Dashtam.Jobs.Docs.Sources;

/// <summary>The files of the repository, without those that <c>.gitignore</c> names: a build or a run makes them.</summary>
internal sealed class Repository
{
    private readonly HashSet<string> _ignoredFolders;
    private readonly string[] _ignoredPaths;
    private readonly HashSet<string> _files;
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _byName;

    private Repository(string root)
    {
        Root = root;
        var ignored = File.ReadAllLines(Path.Combine(root, ".gitignore"))
            .Where(line => line.Length > 0 && !line.Contains('*', StringComparison.Ordinal))
            .ToArray();
        _ignoredFolders = [".git", .. ignored.Where(line => line[0] != '/').Select(line => line.TrimEnd('/'))];
        _ignoredPaths = [.. ignored.Where(line => line[0] == '/').Select(line => line.Trim('/'))];
        _files = [.. Walk(root)];
        _byName = _files.ToLookup(file => Path.GetFileName(file), StringComparer.Ordinal);
    }

    public string Root { get; }

    /// <summary>All files, from the root, with slashes.</summary>
    public IReadOnlyCollection<string> Files => _files;

    public static Repository Read(string root) => new(root);

    /// <summary>Whether there is a file or a folder at a path.</summary>
    public bool Has(string path) => _files.Contains(path) || _folders.Contains(path);

    /// <summary>Whether git does not keep what is at a path.</summary>
    public bool IsIgnored(string path) =>
        path.Split('/').Any(_ignoredFolders.Contains)
        || _ignoredPaths.Any(ignored => path == ignored || path.StartsWith(ignored + '/', StringComparison.Ordinal));

    /// <summary>The files that have a name, wherever.</summary>
    public IEnumerable<string> Named(string name) => _byName[name].Order(StringComparer.Ordinal);

    private IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Select(Relative).Where(file => !IsIgnored(file)))
        {
            yield return file;
        }

        foreach (var inner in Directory.EnumerateDirectories(folder).Where(inner => !IsIgnored(Relative(inner))))
        {
            _ = _folders.Add(Relative(inner));
            foreach (var file in Walk(inner))
            {
                yield return file;
            }
        }
    }

    private string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');
}
