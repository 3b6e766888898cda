<?php
// Reads a JSON list of programs, runs each against a stub of its client, and writes what each sends.
$sent = [];
function texts($value) {
  if (is_string($value)) return [$value];
  if (!is_array($value)) return [];
  return array_merge(...array_map('texts', array_values($value)), ...[[]]);
}
function note($name, $arguments) {
  global $sent;
  $adds = ['queryAll' => ' LIMIT 0, 100;', 'read' => ';'];
  foreach (texts($arguments) as $text)
    if (preg_match('/^\s*select/i', $text)) $sent[] = $text . ($adds[$name] ?? '');
}
class Stub {
  function __call($name, $arguments) { note($name, $arguments); return []; }
  function __get($name) { return new Stub; }
  function __toString() { return '5'; }
}
function vtws_query($query, $user = null) { note('vtws_query', [$query]); return []; }
error_reporting(0);
$all = [];
foreach (json_decode(file_get_contents('php://stdin')) as $number => $program) {
  $sent = [];
  $space = "n$number";
  $code = preg_replace('/^<\?php/', "namespace $space;", $program);
  ob_start();
  try {
    $client = $http = $pages = $user = new Stub;
    eval($code);
    foreach (get_defined_functions()['user'] as $name)
      if (strpos($name, "$space\\") === 0 && (new ReflectionFunction($name))->getNumberOfParameters() <= 2)
        try { $name(new Stub, 5); } catch (Throwable $e) { }
  } catch (Throwable $e) { }
  ob_end_clean();
  $all[] = $sent;
}
echo json_encode($all);
